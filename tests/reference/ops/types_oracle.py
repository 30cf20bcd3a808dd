"""Oracle's own types."""

import sqlalchemy as sa
from sqlalchemy.dialects import oracle as ora

from suite import Cases

CASES = case = Cases()


def types(name, *made):
    CASES.types(name, ["oracle"], *made)


types("number", lambda: ora.NUMBER(), lambda: ora.NUMBER(10), lambda: ora.NUMBER(10, 2), lambda: ora.NUMBER(10, 0))
types("number_scale_only", lambda: ora.NUMBER(scale=2))
types("number_as_float", lambda: ora.NUMBER(10, 2, asdecimal=False))
types("varchar", lambda: ora.VARCHAR(20), lambda: ora.VARCHAR2(20), lambda: ora.NVARCHAR(20), lambda: ora.NVARCHAR2(20))
types("varchar_without_length", lambda: ora.VARCHAR2(), lambda: ora.NVARCHAR2(), lambda: ora.VARCHAR())
types("char", lambda: ora.CHAR(5), lambda: ora.NCHAR(5), lambda: ora.CHAR())
types("large_objects", lambda: ora.CLOB(), lambda: ora.NCLOB(), lambda: ora.BLOB())
types("bfile", lambda: ora.BFILE())
types("long_and_raw", lambda: ora.LONG(), lambda: ora.RAW(16), lambda: ora.RAW(2000))
types("raw_without_length", lambda: ora.RAW())
types("binary_floats", lambda: ora.BINARY_FLOAT(), lambda: ora.BINARY_DOUBLE())
types("floats", lambda: ora.FLOAT(), lambda: ora.FLOAT(binary_precision=53), lambda: ora.REAL(),
      lambda: ora.DOUBLE_PRECISION())
types("float_with_decimal_precision_is_refused", lambda: sa.FLOAT(10), lambda: ora.FLOAT(10))
types("float_variant", lambda: sa.Float(5).with_variant(ora.FLOAT(binary_precision=16), "oracle"))
types("date", lambda: ora.DATE())
types("timestamp", lambda: ora.TIMESTAMP(), lambda: ora.TIMESTAMP(timezone=True))
types("timestamp_local", lambda: ora.TIMESTAMP(local_timezone=True))
types("timestamp_both_zones_is_refused", lambda: ora.TIMESTAMP(timezone=True, local_timezone=True))
types("interval", lambda: ora.INTERVAL(), lambda: ora.INTERVAL(day_precision=3), lambda: ora.INTERVAL(2, 6),
      lambda: ora.INTERVAL(second_precision=4))
types("rowid", lambda: ora.ROWID())
types("boolean", lambda: ora.BOOLEAN(), lambda: sa.Boolean())
types("json", lambda: ora.JSON())
types("vector", lambda: ora.VECTOR())
types("vector_options", lambda: ora.VECTOR(dim=3), lambda: ora.VECTOR(dim=3, storage_format=ora.VectorStorageFormat.FLOAT32),
      lambda: ora.VECTOR(storage_format=ora.VectorStorageFormat.INT8))
types("vector_storage_type", lambda: ora.VECTOR(
    dim=3, storage_format=ora.VectorStorageFormat.FLOAT64, storage_type=ora.VectorStorageType.SPARSE))
types("variant", lambda: sa.Integer().with_variant(ora.NUMBER(38, 0), "oracle"))
