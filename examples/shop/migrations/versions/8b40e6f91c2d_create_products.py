"""create products

Revision ID: 8b40e6f91c2d
Revises: 3f1c8a52d7e0
Create Date: 2026-03-04 15:40:02.771935

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = '8b40e6f91c2d'
down_revision: Union[str, Sequence[str], None] = '3f1c8a52d7e0'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), server_default=sa.text("(CURRENT_TIMESTAMP)"), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("price >= 0", name=op.f("ck_products_price_not_negative")),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_products_category_id_categories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("sku", name="uq_products_sku"),
    )
    op.create_index("ix_products_category_id_name", "products", ["category_id", "name"], unique=False)


def downgrade() -> None:
    # The index goes with the table; MySQL would not drop it alone, for a foreign key needs it.
    op.drop_table("products")
