"""sqlmodel: its types, and the names that it takes over from SQLAlchemy."""

import uuid

import sqlalchemy
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.types import CHAR, DateTime, String

from limbeck_types import ByDialect, Utc


class AutoString(ByDialect):
    impl = String
    mysql_default_length = 255

    def variant(self, dialect):
        if self.impl.length is None and dialect.name in ("mysql", "mariadb"):
            return String(self.mysql_default_length)
        return None


class UTCDateTime(Utc):
    def __init__(self):
        self.impl = DateTime(timezone=True)

    def __repr__(self):
        return "UTCDateTime()"


class GUID(ByDialect):
    """Of the versions before SQLAlchemy had a type for it."""

    impl = CHAR

    def variant(self, dialect):
        return UUID() if dialect.name == "postgresql" else CHAR(32)

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        value = value if isinstance(value, uuid.UUID) else uuid.UUID(value)
        return str(value) if dialect.name == "postgresql" else value.hex

    def process_result_value(self, value, dialect):
        return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(value)


def __getattr__(name):
    if name == "Session":
        from sqlalchemy.orm import Session

        return Session
    return getattr(sqlalchemy, name)
