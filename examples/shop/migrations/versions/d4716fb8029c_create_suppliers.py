"""create suppliers

Revision ID: d4716fb8029c
Revises: 59c2ea7136fd
Create Date: 2026-06-18 09:02:13.557409

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = 'd4716fb8029c'
down_revision: Union[str, Sequence[str], None] = '59c2ea7136fd'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "suppliers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("name", name=op.f("uq_suppliers_name")),
    )
    op.create_table(
        "product_suppliers",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_product_suppliers_product_id_products"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name=op.f("fk_product_suppliers_supplier_id_suppliers")
        ),
        sa.PrimaryKeyConstraint("product_id", "supplier_id", name=op.f("pk_product_suppliers")),
    )
    op.create_index(op.f("ix_product_suppliers_supplier_id"), "product_suppliers", ["supplier_id"], unique=False)


def downgrade() -> None:
    # The index goes with the table; MySQL would not drop it alone, for a foreign key needs it.
    op.drop_table("product_suppliers")
    op.drop_table("suppliers")
