"""merge status and reviews

Revision ID: f08b47d1c35e
Revises: 1e92f7c4068a, a6d3502be9f1
Create Date: 2026-04-20 11:30:57.185043

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = 'f08b47d1c35e'
down_revision: Union[str, Sequence[str], None] = ('1e92f7c4068a', 'a6d3502be9f1')
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
