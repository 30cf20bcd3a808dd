"""add the status of an order

Revision ID: 1e92f7c4068a
Revises: c57d19a0b3e4
Create Date: 2026-04-13 08:55:19.620114

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = '1e92f7c4068a'
down_revision: Union[str, Sequence[str], None] = 'c57d19a0b3e4'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    status = sa.Enum("pending", "paid", "shipped", "cancelled", name="orderstatus")
    if op.get_context().dialect.name == "postgresql":
        # There an enum is a type of its own, which comes with a new table but not with a new column.
        op.execute("CREATE TYPE orderstatus AS ENUM ('pending', 'paid', 'shipped', 'cancelled')")
    op.add_column("orders", sa.Column("status", status, server_default="pending", nullable=False))
    # Orders that nobody has touched since they were made are still pending; all others have gone out.
    op.execute("UPDATE orders SET status = 'shipped' WHERE updated_at IS NOT NULL")
    op.create_index(op.f("ix_orders_status"), "orders", ["status"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_orders_status"), table_name="orders")
    op.drop_column("orders", "status")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP TYPE orderstatus")
