"""other"""

from alembic import op
import sqlalchemy as sa

revision = "e5"
down_revision = None
branch_labels = "other"
depends_on = "d4"


def upgrade():
    op.add_column("t", sa.Column("other", sa.Integer()))


def downgrade():
    op.drop_column("t", "other")
