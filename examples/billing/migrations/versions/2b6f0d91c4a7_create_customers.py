"""create customers

Revision ID: 2b6f0d91c4a7
Revises: 
Create Date: 2026-05-04 08:12:44.120077

"""
from alembic import op
import sqlalchemy as sa

revision = "2b6f0d91c4a7"
down_revision = None
branch_labels = None
depends_on = None

kind = sa.Enum("person", "company", "public body", name="customer_kind")


def upgrade():
    # SQL Server's comments need a schema's name
    has_comments = op.get_context().dialect.name != "mssql"
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(start=1000), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("kind", kind, server_default="person", nullable=False),
        sa.Column("name", sa.Unicode(120), nullable=False, comment="as it stands on the invoice" if has_comments else None),
        sa.Column("order", sa.SmallInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer"),
        sa.UniqueConstraint("reference", name="uq_customer_reference"),
        comment="Who is billed; a customer's \"kind\" decides on tax" if has_comments else None,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mariadb_engine="InnoDB",
    )
    op.create_index("ix_customer_name", "customer", ["name", sa.text("since DESC")])


def downgrade():
    op.drop_index("ix_customer_name", table_name="customer")
    op.drop_table("customer")
    kind.drop(op.get_bind(), checkfirst=False)
