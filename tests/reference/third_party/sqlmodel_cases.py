"""sqlmodel: its two types."""

from cases import Expressions

CASES = Expressions()

CASES.of_types("""
    sqlmodel.AutoString()
    sqlmodel.AutoString
    sqlmodel.AutoString(length=50)
    sqlmodel.AutoString(50)
    sqlmodel.AutoString(length=20, collation="C")
    sqlmodel.sql.sqltypes.AutoString()
    sqlmodel.sql.sqltypes.AutoString(length=255)
    sqlmodel.sql.sqltypes.UTCDateTime()
    sa.ARRAY(sqlmodel.AutoString())
    sqlmodel.AutoString().with_variant(sa.Text(), "mysql")
""")
CASES.of_values("""
    sqlmodel.AutoString() <- "it's"
    sqlmodel.AutoString(length=3) <- None
    sqlmodel.AutoString() <- 5
    sqlmodel.sql.sqltypes.UTCDateTime() <- datetime.datetime(2024, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)
    sqlmodel.sql.sqltypes.UTCDateTime() <- datetime.datetime(2024, 2, 3, 4, 5, 6, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    sqlmodel.sql.sqltypes.UTCDateTime() <- datetime.datetime(2024, 2, 3, 4, 5, 6)
    sqlmodel.sql.sqltypes.UTCDateTime() <- None
""")
