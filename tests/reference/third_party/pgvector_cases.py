"""pgvector: its types, and its operators on columns of them."""

import sqlalchemy as sa

from cases import Expressions, evaluate

CASES = case = Expressions()

CASES.of_types("""
    pgvector.sqlalchemy.Vector(3)
    pgvector.sqlalchemy.Vector()
    pgvector.sqlalchemy.Vector
    pgvector.sqlalchemy.Vector(dim=1536)
    pgvector.sqlalchemy.VECTOR(3)
    pgvector.sqlalchemy.vector.VECTOR(dim=3)
    pgvector.sqlalchemy.HALFVEC(3)
    pgvector.sqlalchemy.HALFVEC()
    pgvector.sqlalchemy.halfvec.HALFVEC(dim=3)
    pgvector.sqlalchemy.SPARSEVEC(3)
    pgvector.sqlalchemy.SPARSEVEC()
    pgvector.sqlalchemy.sparsevec.SPARSEVEC(dim=3)
    pgvector.sqlalchemy.BIT(3)
    pgvector.sqlalchemy.BIT()
    pgvector.sqlalchemy.bit.BIT(length=3)
    sa.ARRAY(pgvector.sqlalchemy.Vector(3))
""")
CASES.of_values("""
    pgvector.sqlalchemy.Vector(3) <- [1, 2, 3.5]
    pgvector.sqlalchemy.Vector(3) <- "[1,2,3]"
    pgvector.sqlalchemy.Vector(3) <- None
    pgvector.sqlalchemy.HALFVEC(3) <- [1, 2, 3]
    pgvector.sqlalchemy.HALFVEC(3) <- "[1,2,3]"
    pgvector.sqlalchemy.SPARSEVEC(3) <- "{1:1,3:2}/3"
    pgvector.sqlalchemy.BIT(3) <- "101"
    pgvector.sqlalchemy.BIT(3) <- None
""", "postgresql")


@case("postgresql")
def index_with_operator_class(op):
    op.create_index(
        "ix",
        "t",
        ["c"],
        postgresql_using="hnsw",
        postgresql_with={"m": 16, "ef_construction": 64},
        postgresql_ops={"c": "vector_l2_ops"},
    )


@case("postgresql")
def server_default_of_a_vector(op):
    op.add_column("t", sa.Column("c", evaluate("pgvector.sqlalchemy.Vector(2)"), server_default="[1,2]"))


@case("postgresql")
def distances(op):
    column = sa.column("c", evaluate("pgvector.sqlalchemy.Vector(2)"))
    op.execute(sa.select(sa.column("id")).select_from(sa.table("t")).order_by(column.l2_distance([1, 2])))
