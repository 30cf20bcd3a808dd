"""third"""

from alembic import op
import sqlalchemy as sa

revision = "c3"
down_revision = "a1"
branch_labels = "side"
depends_on = None


def upgrade():
    op.add_column("t", sa.Column("third", sa.Integer()))


def downgrade():
    op.drop_column("t", "third")
