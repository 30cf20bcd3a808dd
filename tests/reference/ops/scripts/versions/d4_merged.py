"""merged"""

from alembic import op
import sqlalchemy as sa

revision = "d4"
down_revision = ("b2", "c3")
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("t", sa.Column("merged", sa.Integer()))


def downgrade():
    op.drop_column("t", "merged")
