"""first"""

from alembic import op
import sqlalchemy as sa

revision = "a1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("t", sa.Column("first", sa.Integer()))


def downgrade():
    op.drop_column("t", "first")
