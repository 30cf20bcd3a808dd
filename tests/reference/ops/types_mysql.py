"""The types of MySQL and MariaDB."""

import enum

import sqlalchemy as sa
from sqlalchemy.dialects import mysql as my

from suite import Cases

CASES = case = Cases()

MY = ["mysql", "mariadb"]


class Colour(enum.Enum):
    red = 1
    green = 2


def types(name, *made):
    CASES.types(name, MY, *made)


types("integers", lambda: my.INTEGER(), lambda: my.TINYINT(), lambda: my.SMALLINT(), lambda: my.MEDIUMINT(),
      lambda: my.BIGINT())
types("integers_display_width", lambda: my.INTEGER(11), lambda: my.TINYINT(1), lambda: my.SMALLINT(display_width=5),
      lambda: my.MEDIUMINT(7), lambda: my.BIGINT(20))
types("integers_unsigned", lambda: my.INTEGER(unsigned=True), lambda: my.TINYINT(unsigned=True),
      lambda: my.SMALLINT(unsigned=True), lambda: my.MEDIUMINT(unsigned=True), lambda: my.BIGINT(20, unsigned=True))
types("integers_zerofill", lambda: my.INTEGER(5, zerofill=True), lambda: my.BIGINT(unsigned=True, zerofill=True),
      lambda: my.TINYINT(zerofill=True))
types("decimal", lambda: my.DECIMAL(), lambda: my.DECIMAL(10), lambda: my.DECIMAL(10, 2),
      lambda: my.DECIMAL(10, 2, unsigned=True), lambda: my.DECIMAL(10, 2, zerofill=True))
types("numeric", lambda: my.NUMERIC(), lambda: my.NUMERIC(10), lambda: my.NUMERIC(10, 2, unsigned=True))
types("float", lambda: my.FLOAT(), lambda: my.FLOAT(10), lambda: my.FLOAT(10, 2), lambda: my.FLOAT(unsigned=True),
      lambda: my.FLOAT(precision=10, scale=2, zerofill=True))
types("double", lambda: my.DOUBLE(), lambda: my.DOUBLE(10, 2), lambda: my.DOUBLE(unsigned=True),
      lambda: my.DOUBLE(asdecimal=False), lambda: my.DOUBLE(precision=10, scale=0))
types("real", lambda: my.REAL(), lambda: my.REAL(10, 2), lambda: my.REAL(unsigned=True))
types("bit", lambda: my.BIT(), lambda: my.BIT(8))
types("boolean", lambda: my.BOOLEAN())
types("date_and_time", lambda: my.DATE(), lambda: my.DATETIME(), lambda: my.TIMESTAMP(), lambda: my.TIME())
types("fractional_seconds", lambda: my.DATETIME(fsp=6), lambda: my.TIMESTAMP(fsp=3), lambda: my.TIME(fsp=0),
      lambda: my.TIME(fsp=2))
types("year", lambda: my.YEAR(), lambda: my.YEAR(4), lambda: my.YEAR(display_width=2))
types("texts", lambda: my.TEXT(), lambda: my.TINYTEXT(), lambda: my.MEDIUMTEXT(), lambda: my.LONGTEXT(),
      lambda: my.TEXT(500))
types("blobs", lambda: my.BLOB(), lambda: my.TINYBLOB(), lambda: my.MEDIUMBLOB(), lambda: my.LONGBLOB())
types("binary", lambda: my.BINARY(16), lambda: my.VARBINARY(16), lambda: my.BINARY())
types("characters", lambda: my.VARCHAR(20), lambda: my.CHAR(4), lambda: my.CHAR(), lambda: my.NVARCHAR(20),
      lambda: my.NCHAR(4))
types("varchar_charset", lambda: my.VARCHAR(20, charset="latin1"), lambda: my.VARCHAR(20, collation="utf8mb4_bin"),
      lambda: my.VARCHAR(20, charset="utf8mb4", collation="utf8mb4_unicode_ci"))
types("varchar_flags", lambda: my.VARCHAR(20, ascii=True), lambda: my.VARCHAR(20, unicode=True),
      lambda: my.VARCHAR(20, binary=True), lambda: my.VARCHAR(20, national=True))
types("char_charset", lambda: my.CHAR(4, charset="ascii", collation="ascii_bin"), lambda: my.CHAR(4, national=True))
types("nvarchar_collation", lambda: my.NVARCHAR(20, collation="utf8_bin"), lambda: my.NCHAR(4, binary=True))
types("text_charset", lambda: my.TEXT(charset="latin1"), lambda: my.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin"),
      lambda: my.MEDIUMTEXT(collation="utf8_bin"), lambda: my.TINYTEXT(binary=True), lambda: my.TEXT(national=True))
types("text_flags", lambda: my.TEXT(ascii=True), lambda: my.TEXT(unicode=True))
types("enum", lambda: my.ENUM("a", "it's", "100%"), lambda: my.ENUM("a", charset="latin1", collation="latin1_bin"))
types("enum_class", lambda: my.ENUM(Colour), lambda: my.ENUM("a", ascii=True), lambda: my.ENUM("a", binary=True))
types("enum_backslash", lambda: my.ENUM("a\\b", "c\"d"))
types("set", lambda: my.SET("a", "b", "it's"), lambda: my.SET("a", charset="utf8"), lambda: my.SET("a", collation="x"))
types("set_as_bits", lambda: my.SET("a", "b", retrieve_as_bitwise=True))
types("set_with_empty_value", lambda: my.SET("a", "", retrieve_as_bitwise=True))
types("set_with_empty_value_is_refused", lambda: my.SET("a", ""))
types("json", lambda: my.JSON(), lambda: my.JSON(none_as_null=True))
types("inet", lambda: my.INET4(), lambda: my.INET6())
types("uuid", lambda: sa.Uuid(), lambda: sa.UUID())
types("varchar_without_length", lambda: my.VARCHAR())
types("nvarchar_without_length", lambda: my.NVARCHAR())


@case(*MY)
def timestamp_null_rules(op):
    op.create_table(
        "t",
        sa.Column("a", my.TIMESTAMP()),
        sa.Column("b", my.TIMESTAMP(), nullable=False),
        sa.Column("c", sa.TIMESTAMP(), nullable=True, server_default=sa.func.now()),
    )


@case(*MY)
def column_with_everything(op):
    op.create_table(
        "t",
        sa.Column("a", my.VARCHAR(9, charset="utf8mb4"), nullable=False, server_default="x", comment="it's"),
        sa.Column("b", my.INTEGER(unsigned=True), sa.Computed("1 + 1", persisted=True), nullable=False, comment="c"),
    )
