"""geoalchemy2: its types, in tables and alone, and the operations of its `alembic_helpers`."""

import importlib

import sqlalchemy as sa

from cases import Expressions, evaluate

CASES = Expressions()

TYPES = """
    geoalchemy2.Geometry()
    geoalchemy2.Geometry
    geoalchemy2.Geometry("POINT")
    geoalchemy2.Geometry("POINT", srid=4326)
    geoalchemy2.Geometry(geometry_type="POINT", srid=4326, spatial_index=False)
    geoalchemy2.Geometry(geometry_type="MULTIPOLYGON", srid=4326, dimension=2, from_text="ST_GeomFromEWKT", name="geometry")
    geoalchemy2.Geometry("POINTZ", srid=3857, dimension=3)
    geoalchemy2.Geometry(geometry_type="LINESTRINGZM", srid=4326, dimension=4, use_N_D_index=True)
    geoalchemy2.Geometry(geometry_type="POINT", srid=4326, nullable=False)
    geoalchemy2.Geometry(geometry_type=None)
    geoalchemy2.Geometry(geometry_type="POINT", srid=-1)
    geoalchemy2.Geometry(srid=4326)
    geoalchemy2.types.Geometry(geometry_type="POLYGON", srid=4326, from_text="ST_GeomFromEWKT", name="geometry", nullable=False, _spatial_index_reflected=True)
    geoalchemy2.types.Geometry(geometry_type="POINT", dimension=7)
    geoalchemy2.Geography()
    geoalchemy2.Geography("POINT", srid=4326)
    geoalchemy2.types.Geography(geometry_type="POINT", srid=4326, from_text="ST_GeogFromText", name="geography")
    geoalchemy2.types.Geography(geometry_type="POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeogFromText", name="geography", nullable=False)
    geoalchemy2.Raster()
    geoalchemy2.Raster(spatial_index=False)
    geoalchemy2.types.Raster(from_text="raster", name="raster")
    sa.ARRAY(geoalchemy2.Geometry("POINT"))
"""
CASES.of_types(TYPES)


def lines():
    return [line.strip() for line in TYPES.splitlines() if line.strip() and "ARRAY" not in line and "dimension=7" not in line]


def create(expression):
    def function(op):
        op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("geom", evaluate(expression), nullable=True))
        op.drop_table("t")

    return function


def create_with_helper(expression):
    def function(op):
        importlib.import_module("geoalchemy2.alembic_helpers")
        op.create_geospatial_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("geom", evaluate(expression), nullable=True))
        op.create_geospatial_index("idx_t_geom", "t", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={})
        op.drop_geospatial_index("idx_t_geom", table_name="t", postgresql_using="gist", column_name="geom")
        op.drop_geospatial_table("t")

    return function


def add_with_helper(expression):
    def function(op):
        importlib.import_module("geoalchemy2.alembic_helpers")
        op.add_geospatial_column("t", sa.Column("geom", evaluate(expression)))
        op.drop_geospatial_column("t", "geom")

    return function


for line in lines():
    CASES.add("create_table " + line, create(line))
    CASES.add("create_geospatial_table " + line, create_with_helper(line), "postgresql", "sqlite", "mysql", "mariadb")
    CASES.add("add_geospatial_column " + line, add_with_helper(line), "postgresql", "sqlite", "mysql", "mariadb")

CASES.of_values("""
    geoalchemy2.Geometry("POINT") <- "POINT(1 2)"
    geoalchemy2.Geometry("POINT", srid=4326) <- "SRID=4326;POINT(1 2)"
    geoalchemy2.Geometry("POINT") <- None
    geoalchemy2.Geography("POINT", srid=4326) <- "POINT(1 2)"
""", "postgresql", "sqlite", "mysql")


def altered(op):
    op.alter_column("t", "geom", existing_type=evaluate('geoalchemy2.Geometry("POINT")'), type_=evaluate('geoalchemy2.Geometry("POINT", srid=4326)'), existing_nullable=True)


CASES.add("altered", altered, "postgresql", "mysql", "mssql")


def index_alone(op):
    op.create_index("idx_t_geom", "t", ["geom"], unique=False, postgresql_using="gist")


CASES.add("index_alone", index_alone)
