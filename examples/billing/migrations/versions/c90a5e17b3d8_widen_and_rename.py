"""widen numbers, rename notes

Revision ID: c90a5e17b3d8
Revises: 83d4b92e6f15
Create Date: 2026-06-02 17:45:30.310009

"""
from alembic import op
import sqlalchemy as sa

revision = "c90a5e17b3d8"
down_revision = "83d4b92e6f15"
branch_labels = None
depends_on = None


def is_sqlite():
    return op.get_context().dialect.name == "sqlite"


def upgrade():
    op.alter_column("invoice", "notes", new_column_name="remarks", existing_type=sa.Text(), existing_nullable=True)
    op.rename_table("tax_rate", "rate_of_tax")
    if is_sqlite():
        # SQLite has no ALTER of types and keys
        return
    op.alter_column(
        "invoice",
        "number",
        type_=sa.String(40),
        existing_type=sa.String(20),
        existing_nullable=False,
    )
    op.alter_column(
        "invoice_line",
        "tax_code",
        nullable=False,
        server_default="full",
        existing_type=sa.String(8),
    )
    op.create_foreign_key("fk_line_tax", "invoice_line", "rate_of_tax", ["tax_code"], ["code"])
    op.create_check_constraint("ck_line_quantity", "invoice_line", sa.column("quantity") > 0)


def downgrade():
    if not is_sqlite():
        op.drop_constraint("ck_line_quantity", "invoice_line", type_="check")
        op.drop_constraint("fk_line_tax", "invoice_line", type_="foreignkey")
        if op.get_context().dialect.name in ("mysql", "mariadb"):
            # the index that the foreign key made
            op.drop_index("fk_line_tax", table_name="invoice_line")
        op.alter_column(
            "invoice_line",
            "tax_code",
            nullable=True,
            server_default=None,
            existing_type=sa.String(8),
        )
        op.alter_column(
            "invoice",
            "number",
            type_=sa.String(20),
            existing_type=sa.String(40),
            existing_nullable=False,
        )
    op.rename_table("rate_of_tax", "tax_rate")
    op.alter_column("invoice", "remarks", new_column_name="notes", existing_type=sa.Text(), existing_nullable=True)
