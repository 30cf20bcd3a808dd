"""age"""
import sqlalchemy as sa
from alembic import op

revision = "a2"
down_revision = "a1"


def upgrade():
    op.add_column("account", sa.Column("age", sa.Integer))


def downgrade():
    op.drop_column("account", "age")
