"""geoalchemy2: its types with the indexes that they bring, and the operations of its `alembic_helpers`."""

import re

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import UserDefinedType

from limbeck_types import NotProvided, refuse


class _GISType(UserDefinedType):
    cache_ok = True
    name = "geometry"
    from_text = None

    # Limbeck asks for these when the type's column is made, and after its table or column is.
    _is_spatial = True

    def __init__(
        self,
        geometry_type="GEOMETRY",
        srid=-1,
        dimension=None,
        spatial_index=True,
        use_N_D_index=False,
        use_typmod=None,
        from_text=None,
        name=None,
        nullable=True,
        _spatial_index_reflected=None,
    ):
        self.geometry_type, self.srid, self.dimension = self.check(geometry_type, srid, dimension)
        self.spatial_index = spatial_index
        self.use_N_D_index = use_N_D_index
        self.use_typmod = use_typmod
        self.from_text = from_text or type(self).from_text
        self.name = name or type(self).name
        self.nullable = nullable
        self._spatial_index_reflected = _spatial_index_reflected

    @staticmethod
    def check(geometry_type, srid, dimension):
        try:
            srid = int(srid)
        except (TypeError, ValueError):
            raise ArgumentError("srid must be convertible to an integer") from None
        if dimension not in (None, 2, 3, 4):
            raise ValueError(f"dimension must be one of [None, 2, 3, 4] but got {dimension}")
        if geometry_type:
            geometry_type = geometry_type.upper()
            if geometry_type.endswith("ZM"):
                wanted, end = 4, "'ZM'"
            elif geometry_type[-1] in "ZM":
                wanted, end = 3, "'Z' or 'M'"
            else:
                return geometry_type, srid, 2
            if dimension not in (None, wanted):
                raise ValueError(f"dimension must be {wanted} when geometry_type ends with {end}")
            dimension = wanted
        return geometry_type or None, srid, dimension

    def bind_processor(self, dialect):
        return lambda value: None if value is None else refuse(self, "they are written with the database's functions")

    def result_processor(self, dialect, coltype):
        return lambda value: None if value is None else refuse(self, "they are the package's elements")

    def _own_index(self):
        return self.spatial_index is True and not self._spatial_index_reflected

    def _after_column(self, operations, table_name, column_name, schema, is_new_table):
        """Adds what the package adds to a table or column that was made: the spatial index, and constraints."""
        dialect = operations.get_context().dialect.name
        if is_new_table and not isinstance(self, Raster):
            if dialect == "sqlite":
                raise NotProvided(
                    f"the column '{column_name}' of geoalchemy2 needs SpatiaLite's functions, which are not here"
                )
            family = self._after_mssql if dialect == "mssql" else None
            if dialect in ("mysql", "mariadb") and isinstance(self, Geometry):
                family = self._after_mysql
            if family is not None:
                for statement in family(operations, table_name, column_name, schema):
                    operations.execute(statement)
                return
        if self._own_index():
            name = f"idx_{table_name}_{column_name}"
            element = column_name
            if isinstance(self, Raster):
                hull = f"ST_ConvexHull({column_name})"
                element = text(f"({hull})" if dialect in ("mysql", "mariadb") else hull)
            options = {"postgresql_ops": {column_name: "gist_geometry_ops_nd"}} if self.use_N_D_index else {}
            operations.create_index(name, table_name, [element], schema=schema, postgresql_using="gist", **options)

    def _after_mysql(self, operations, table_name, column_name, schema):
        if self.spatial_index is True:
            quote = operations.get_context().dialect.identifier_preparer.quote
            table = quote(table_name) if schema is None else f"{quote(schema)}.{quote(table_name)}"
            yield f"ALTER TABLE {table} ADD SPATIAL INDEX({quote(column_name)});"

    def _after_mssql(self, operations, table_name, column_name, schema):
        table = f"[{table_name}]" if schema is None else f"[{schema}].[{table_name}]"
        column = f"[{column_name}]"
        names = f"{table_name}_{column_name}"
        if self.srid > 0:
            yield (
                f"ALTER TABLE {table} ADD CONSTRAINT [ck_{names}_srid] CHECK ({column} IS NULL OR "
                f"{column}.STSrid = {self.srid})"
            )
        if self.geometry_type not in (None, "GEOMETRY"):
            kind = re.sub("(ZM|Z|M)$", "", self.geometry_type).strip()
            yield (
                f"ALTER TABLE {table} ADD CONSTRAINT [ck_{names}_geometry_type] CHECK ({column} IS NULL OR "
                f"UPPER({column}.AsTextZM()) LIKE N'{kind}%')"
            )
        if self.spatial_index is True:
            grid = "GEOGRAPHY_AUTO_GRID"
            if not isinstance(self, Geography):
                box = "-180, -90, 180, 90" if self.srid == 4326 else "-1e+09, -1e+09, 1e+09, 1e+09"
                grid = f"GEOMETRY_AUTO_GRID WITH (BOUNDING_BOX = ({box}))"
            yield f"CREATE SPATIAL INDEX [idx_{names}] ON {table} ({column}) USING {grid}"


class Geometry(_GISType):
    name = "geometry"
    from_text = "ST_GeomFromEWKT"


class Geography(_GISType):
    name = "geography"
    from_text = "ST_GeogFromText"


class Raster(_GISType):
    name = "raster"
    from_text = "raster"

    def __init__(self, spatial_index=True, from_text=None, name=None, nullable=True, _spatial_index_reflected=None):
        super().__init__(None, -1, None, spatial_index, False, None, from_text, name, nullable, _spatial_index_reflected)


@compiles(_GISType)
def _of_any(type_, compiler, **keywords):
    if not type_.geometry_type:
        return type_.name
    return f"{type_.name}({type_.geometry_type},{type_.srid})"


@compiles(_GISType, "mssql")
def _of_mssql(type_, compiler, **keywords):
    return type_.name


def _of_mysql_family(type_, has_srid):
    specification = type_.geometry_type or "GEOMETRY"
    if not type_.nullable or type_.spatial_index:
        specification += " NOT NULL"
    return f"{specification} SRID {type_.srid}" if has_srid and type_.srid > 0 else specification


@compiles(_GISType, "mysql")
def _of_mysql(type_, compiler, **keywords):
    return _of_mysql_family(type_, True)


@compiles(_GISType, "mariadb")
def _of_mariadb(type_, compiler, **keywords):
    return _of_mysql_family(type_, False)


def _needs_spatialite(operations):
    if operations.get_context().dialect.name == "sqlite":
        raise NotProvided("the operations of geoalchemy2 need SpatiaLite's functions on SQLite, which are not here")


class _GeospatialOperation(MigrateOperation):
    @classmethod
    def create_geospatial_table(cls, operations, table_name, *columns, **kw):
        _needs_spatialite(operations)
        return operations.create_table(table_name, *columns, **kw)

    @classmethod
    def drop_geospatial_table(cls, operations, table_name, schema=None, **kw):
        _needs_spatialite(operations)
        operations.drop_table(table_name, schema=schema, **kw)

    @classmethod
    def add_geospatial_column(cls, operations, table_name, column, schema=None):
        _needs_spatialite(operations)
        # this operation brings neither an index nor NOT NULL: scripts see to them by themselves
        type_ = column.type
        before = type_._spatial_index_reflected, type_.nullable
        type_._spatial_index_reflected, type_.nullable = True, True
        try:
            operations.add_column(table_name, column, schema=schema)
        finally:
            type_._spatial_index_reflected, type_.nullable = before

    @classmethod
    def drop_geospatial_column(cls, operations, table_name, column_name, schema=None, **kw):
        _needs_spatialite(operations)
        operations.drop_column(table_name, column_name, schema=schema, **kw)

    @classmethod
    def create_geospatial_index(cls, operations, index_name, table_name, columns, schema=None, unique=False, **kw):
        _needs_spatialite(operations)
        operations.create_index(index_name, table_name, columns, schema=schema, unique=unique, **kw)

    @classmethod
    def drop_geospatial_index(
        cls, operations, index_name, table_name, column_name=None, schema=None, unique=False, **kw
    ):
        _needs_spatialite(operations)
        operations.drop_index(index_name, table_name=table_name, schema=schema, **kw)


for _operation in (
    "create_geospatial_table",
    "drop_geospatial_table",
    "add_geospatial_column",
    "drop_geospatial_column",
    "create_geospatial_index",
    "drop_geospatial_index",
):
    Operations.register_operation(_operation)(_GeospatialOperation)
