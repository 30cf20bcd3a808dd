"""Packages of one or two types: citext, sqlalchemy_json, sqlalchemy_utc, uuid6."""

from cases import Expressions

CASES = Expressions()

CASES.of_types("""
    citext.CIText()
    citext.CIText
    sqlalchemy_json.MutableJson
    sqlalchemy_json.NestedMutableJson
    sqlalchemy_json.mutable_json_type(sa.JSON())
    sqlalchemy_json.mutable_json_type(dbtype=sa.dialects.postgresql.JSONB, nested=True)
    sqlalchemy_json.mutable_json_type(nested=False)
    sqlalchemy_utc.UtcDateTime()
    sqlalchemy_utc.UtcDateTime
    sqlalchemy_utc.UtcDateTime(timezone=True)
    sqlalchemy_utc.sqltypes.UtcDateTime(timezone=True)
""")
CASES.of_values("""
    citext.CIText() <- "It's"
    citext.CIText() <- None
    sqlalchemy_utc.UtcDateTime() <- datetime.datetime(2024, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)
    sqlalchemy_utc.UtcDateTime() <- datetime.datetime(2024, 2, 3, 4, 5, 6, tzinfo=datetime.timezone(datetime.timedelta(hours=-5)))
    sqlalchemy_utc.UtcDateTime() <- datetime.datetime(2024, 2, 3, 4, 5, 6)
    sqlalchemy_utc.UtcDateTime() <- "2024-02-03"
    sqlalchemy_utc.UtcDateTime() <- None
""")
CASES.of_objects("""
    sqlalchemy_utc.utc.utcoffset(None)
    str(sqlalchemy_utc.utcnow().compile(dialect=sa.dialects.postgresql.dialect()))
    str(sqlalchemy_utc.utcnow().compile(dialect=sa.dialects.mysql.dialect()))
    str(sqlalchemy_utc.utcnow().compile(dialect=sa.dialects.sqlite.dialect()))
    str(sqlalchemy_utc.utcnow().compile(dialect=sa.dialects.mssql.dialect()))
    uuid6.uuid6().version
    uuid6.uuid7().version
    uuid6.uuid8().version
    type(uuid6.uuid7()).__name__
    uuid6.uuid7() < uuid6.uuid7()
    abs(uuid6.uuid7().time / 1000 - time.time()) < 60
""")
