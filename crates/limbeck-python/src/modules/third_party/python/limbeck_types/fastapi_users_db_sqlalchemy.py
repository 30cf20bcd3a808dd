"""fastapi_users_db_sqlalchemy: the types of its `generics`, and of `guid` before them."""

import uuid
from datetime import datetime, timezone

from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.types import CHAR, TIMESTAMP, TypeDecorator

from limbeck_types import ByDialect


class GUID(ByDialect):
    class UUIDChar(CHAR):
        python_type = uuid.UUID

    impl = UUIDChar

    def variant(self, dialect):
        return UUID() if dialect.name == "postgresql" else CHAR(36)

    def process_bind_param(self, value, dialect):
        if value is None or dialect.name == "postgresql":
            return value if value is None else str(value)
        return str(value if isinstance(value, uuid.UUID) else uuid.UUID(value))

    def process_result_value(self, value, dialect):
        return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(value)


class TIMESTAMPAware(TypeDecorator):
    impl = TIMESTAMP
    cache_ok = True

    def process_result_value(self, value, dialect):
        if value is not None and dialect.name != "postgresql":
            return value.replace(tzinfo=timezone.utc)
        return value


def now_utc():
    return datetime.now(timezone.utc)
