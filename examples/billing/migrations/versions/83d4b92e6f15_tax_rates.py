"""tax rates with their first rows

Revision ID: 83d4b92e6f15
Revises: 5c1e7a38d0f2
Create Date: 2026-05-11 09:01:59.008412

"""
import datetime
from decimal import Decimal

from alembic import op
import sqlalchemy as sa

revision = "83d4b92e6f15"
down_revision = "5c1e7a38d0f2"
branch_labels = None
depends_on = None


def upgrade():
    rate = op.create_table(
        "tax_rate",
        sa.Column("code", sa.String(8), primary_key=True),
        sa.Column("percent", sa.Numeric(5, 2), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(80)),
    )
    op.bulk_insert(
        rate,
        [
            {
                "code": "full",
                "percent": Decimal("19.00"),
                "valid_from": datetime.date(2026, 1, 1),
                "is_default": True,
                "remark": "the customer's usual rate; 100% of it",
            },
            {
                "code": "none",
                "percent": Decimal("0.00"),
                "valid_from": datetime.date(2026, 1, 1),
                "is_default": False,
                "remark": None,
            },
        ],
    )
    op.add_column("invoice_line", sa.Column("tax_code", sa.String(8), nullable=True))
    line = sa.table("invoice_line", sa.column("tax_code", sa.String))
    op.execute(line.update().where(line.c.tax_code.is_(None)).values(tax_code=op.inline_literal("full")))
    op.execute(
        sa.text("UPDATE invoice SET notes = :notes WHERE notes IS NULL").bindparams(notes="none; it's new")
    )


def downgrade():
    op.drop_column("invoice_line", "tax_code", mssql_drop_default=True)
    op.execute("DELETE FROM tax_rate")
    op.drop_table("tax_rate")
