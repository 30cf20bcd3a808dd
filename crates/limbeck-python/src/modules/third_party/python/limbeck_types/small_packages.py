"""Packages of one or two types: citext, sqlalchemy_json, sqlalchemy_utc, uuid6."""

import os
import time
import uuid
from datetime import timezone

import sqlalchemy
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON, Concatenable, DateTime, UserDefinedType

from limbeck_types import Utc


class CIText(Concatenable, UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **keywords):
        return "CITEXT"

    def literal_processor(self, dialect):
        return lambda value: "'" + value.replace("'", "''") + "'"


def mutable_json_type(dbtype=JSON, nested=False):
    """Changes inside a value are seen by models; to a migration it is the type itself."""
    return dbtype() if isinstance(dbtype, type) else dbtype


MutableJson = NestedMutableJson = JSON()


class UtcDateTime(Utc):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)


utc = timezone.utc


class utcnow(FunctionElement):
    type = DateTime()
    inherit_cache = True


@compiles(utcnow)
def _utcnow(element, compiler, **keywords):
    return "CURRENT_TIMESTAMP"


@compiles(utcnow, "mysql")
def _utcnow_of_mysql(element, compiler, **keywords):
    return "CONVERT_TZ(CURRENT_TIMESTAMP, @@session.time_zone, '+00:00')"


@compiles(utcnow, "mssql")
def _utcnow_of_mssql(element, compiler, **keywords):
    return "GETUTCDATE()"


@compiles(utcnow, "sqlite")
def _utcnow_of_sqlite(element, compiler, **keywords):
    return "(STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW'))"


# Between this and 1970, in units of 100 nanoseconds, lie the years since the Gregorian calendar began (RFC 9562).
_GREGORIAN = 0x01B21DD213814000

_last = {6: 0, 7: 0}


class UUID(uuid.UUID):
    @property
    def time(self):
        version = self.version
        if version == 6:
            return (self.int >> 80) << 12 | (self.int >> 64) & 0x0FFF
        if version in (7, 8):
            return self.int >> 80
        return super().time


def _of_version(version, head, tail):
    """Sets the bits of version and variant into 64 bits of head and 62 of tail."""
    return UUID(int=(head & ~0xF000 | version << 12) << 64 | 0b10 << 62 | tail)


def _random(bits):
    return int.from_bytes(os.urandom(8), "big") >> (64 - bits)


def _moment(version, now):
    """A moment that is later than the one before."""
    _last[version] = max(now, _last[version] + 1)
    return _last[version]


def uuid6(node=None, clock_seq=None):
    ticks = _moment(6, time.time_ns() // 100 + _GREGORIAN)
    node = _random(48) if node is None else node
    clock_seq = _random(14) if clock_seq is None else clock_seq
    return _of_version(6, ticks >> 12 << 16 | ticks & 0x0FFF, (clock_seq & 0x3FFF) << 48 | node)


def uuid7():
    return _of_version(7, _moment(7, time.time_ns() // 1_000_000) << 16 | _random(12), _random(62))


def uuid8():
    now = time.time_ns()
    return _of_version(8, now // 1_000_000 << 16 | (now % 1_000_000) * 0x0FFF // 1_000_000, _random(62))
