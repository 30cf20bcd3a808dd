"""create invoices and their lines

Revision ID: 5c1e7a38d0f2
Revises: 2b6f0d91c4a7
Create Date: 2026-05-06 14:30:01.555310

"""
from alembic import op
import sqlalchemy as sa

revision = "5c1e7a38d0f2"
down_revision = "2b6f0d91c4a7"
branch_labels = None
depends_on = None


def upgrade():
    # Oracle computes when it reads
    persisted = None if op.get_context().dialect.name == "oracle" else True
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("issued", sa.DateTime(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.CheckConstraint("number <> ''", name="ck_invoice_number"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_invoice_customer", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_invoice"),
        sa.UniqueConstraint("customer_id", "number", name="uq_invoice_number"),
    )
    op.create_table(
        "invoice_line",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("quantity", sa.Numeric(10, 3), server_default="1", nullable=False),
        sa.Column("price", sa.Numeric(12, 2), nullable=False),
        sa.Column("total", sa.Numeric(14, 2), sa.Computed("quantity * price", persisted=persisted)),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_line_invoice"),
        sa.PrimaryKeyConstraint("invoice_id", "position", name="pk_invoice_line"),
    )
    op.create_index(
        "ix_invoice_open",
        "invoice",
        ["customer_id"],
        postgresql_where=sa.text("issued IS NULL"),
        sqlite_where=sa.text("issued IS NULL"),
        mssql_where=sa.text("issued IS NULL"),
    )


def downgrade():
    if op.get_context().dialect.name not in ("mysql", "mariadb"):
        # there it serves the foreign key
        op.drop_index("ix_invoice_open", table_name="invoice")
    op.drop_table("invoice_line")
    op.drop_table("invoice")
