"""give products a slug

Revision ID: 59c2ea7136fd
Revises: f08b47d1c35e
Create Date: 2026-05-06 13:47:25.906711

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = '59c2ea7136fd'
down_revision: Union[str, Sequence[str], None] = 'f08b47d1c35e'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def slug_of(name: str, taken: set) -> str:
    """Return the name in lower case with dashes, made unique by a number."""
    letters = [letter if letter.isalnum() else " " for letter in name.lower()]
    slug = "-".join("".join(letters).split())
    candidate, number = slug, 2
    while candidate in taken:
        candidate, number = f"{slug}-{number}", number + 1
    taken.add(candidate)
    return candidate


def upgrade() -> None:
    op.add_column("products", sa.Column("slug", sa.String(length=140), nullable=True))

    connection = op.get_bind()
    # There is nothing to read when the SQL is only written (--sql).
    if not op.get_context().as_sql:
        taken = set()
        products = connection.execute(sa.text("SELECT id, name FROM products ORDER BY id")).fetchall()
        for product in products:
            connection.execute(
                sa.text("UPDATE products SET slug = :slug WHERE id = :id"),
                {"slug": slug_of(product.name, taken), "id": product.id},
            )

    op.create_index(op.f("ix_products_slug"), "products", ["slug"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_products_slug"), table_name="products")
    op.drop_column("products", "slug")
