"""second"""

from alembic import op
import sqlalchemy as sa

revision = "b2"
down_revision = "a1"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("t", sa.Column("second", sa.Integer()))


def downgrade():
    op.drop_column("t", "second")
