"""sqlalchemy_utils: its types. Packages that some of them can use (furl, colour, babel, ...) count as not installed."""

import enum
import ipaddress
import json
import re
import uuid
import warnings
from datetime import datetime, timezone

from sqlalchemy import Column
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import (
    BINARY,
    CHAR,
    BLOB,
    VARBINARY,
    Concatenable,
    Date,
    DateTime,
    LargeBinary,
    String,
    TypeDecorator,
    TypeEngine,
    Unicode,
    UnicodeText,
    UserDefinedType,
)

from limbeck_types import ByDialect, Sealed, refuse
from limbeck_types.sqlalchemy_utils_functions import create_database, database_exists, drop_database


class ImproperlyConfigured(Exception):
    pass


class UUIDType(ByDialect):
    impl = BINARY(16)

    def __init__(self, binary=True, native=True):
        self.binary = binary
        self.native = native

    def variant(self, dialect):
        if self.native and dialect.name in ("postgresql", "cockroachdb"):
            return postgresql.UUID()
        if self.native and dialect.name == "mssql":
            return mssql.UNIQUEIDENTIFIER()
        return BINARY(16) if self.binary else CHAR(32)

    def load_dialect_impl(self, dialect):
        kind = super().load_dialect_impl(dialect)
        if not self.binary and not self.native and dialect.name in ("postgresql", "mssql"):
            return String(32)
        return kind

    def _is_native(self, dialect):
        return self.native and dialect.name in ("postgresql", "cockroachdb", "mssql")

    def process_literal_param(self, value, dialect):
        return value

    def __repr__(self):
        given = [f"{name}=False" for name in ("binary", "native") if not getattr(self, name)]
        return f"UUIDType({', '.join(given)})"

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if not isinstance(value, uuid.UUID):
            try:
                value = uuid.UUID(value)
            except (TypeError, ValueError):
                value = uuid.UUID(bytes=value)
        if self._is_native(dialect):
            return str(value)
        return value.bytes if self.binary else value.hex

    def process_result_value(self, value, dialect):
        if value is None or isinstance(value, uuid.UUID):
            return value
        return uuid.UUID(bytes=value) if isinstance(value, bytes) else uuid.UUID(value)


class EmailType(TypeDecorator):
    impl = Unicode
    cache_ok = True

    def __init__(self, length=255, *args, **kwargs):
        super().__init__(length=length, *args, **kwargs)

    def process_bind_param(self, value, dialect):
        return value if value is None else value.lower()


class URLType(TypeDecorator):
    impl = UnicodeText
    cache_ok = True


class PhoneNumberType(TypeDecorator):
    impl = Unicode(20)
    cache_ok = True
    STORE_FORMAT = "e164"

    def __init__(self, region="US", max_length=20, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.region = region
        self.impl = Unicode(max_length)

    def process_bind_param(self, value, dialect):
        if not value:
            return value
        if not isinstance(value, str) or not re.fullmatch(r"\+[1-9][0-9]{6,14}", value):
            refuse(self, "numbers are read by the phonenumbers package; '+' and digits pass as they are")
        return value

    def process_result_value(self, value, dialect):
        if value:
            refuse(self, "numbers are read by the phonenumbers package")
        return value


class Choice:
    def __init__(self, code, value):
        self.code = code
        self.value = value

    def __eq__(self, other):
        return self.code == (other.code if isinstance(other, Choice) else other)

    def __hash__(self):
        return hash(self.code)

    def __str__(self):
        return str(self.value)

    def __repr__(self):
        return f"Choice(code={self.code}, value={self.value})"


class ChoiceType(TypeDecorator):
    impl = Unicode(255)
    cache_ok = True

    def __init__(self, choices, impl=None):
        self.choices = tuple(choices) if isinstance(choices, list) else choices
        if isinstance(choices, type) and not issubclass(choices, enum.Enum) or not choices:
            raise ImproperlyConfigured("ChoiceType needs list of choices")
        if impl is not None:
            self.impl = impl() if isinstance(impl, type) else impl

    def _is_enum(self):
        return isinstance(self.choices, type)

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if self._is_enum():
            return self.choices(value).value
        return value.code if isinstance(value, Choice) else value

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return self.choices(value) if self._is_enum() else Choice(value, dict(self.choices)[value])


class JSONType(ByDialect):
    impl = UnicodeText

    def variant(self, dialect):
        return postgresql.JSON() if dialect.name == "postgresql" else None

    def process_bind_param(self, value, dialect):
        return value if value is None or dialect.name == "postgresql" else json.dumps(value)

    def process_result_value(self, value, dialect):
        return value if value is None or dialect.name == "postgresql" else json.loads(value)


class TSVectorType(TypeDecorator):
    impl = postgresql.TSVECTOR
    cache_ok = True

    def __init__(self, *args, **kwargs):
        self.columns = args
        self.options = kwargs
        super().__init__()


class AesEngine:
    pass


class AesGcmEngine:
    pass


class FernetEngine:
    pass


class StringEncryptedType(Sealed):
    impl = String
    reason = "they are encrypted by the package"

    def __init__(self, type_in=None, key=None, engine=None, padding=None, **kwargs):
        super().__init__(**kwargs)
        self.underlying_type = String() if type_in is None else type_in() if isinstance(type_in, type) else type_in
        self.engine = engine
        self.padding = padding


class EncryptedType(StringEncryptedType):
    impl = LargeBinary

    def __init__(self, *args, **kwargs):
        warnings.warn(
            "The 'EncryptedType' class will change implementation from 'LargeBinary' to 'String' in a future version. "
            "Use 'StringEncryptedType' to use the 'String' implementation.",
            DeprecationWarning,
            stacklevel=2,
        )
        super().__init__(*args, **kwargs)


class EnrichedDateTimeType(TypeDecorator):
    impl = DateTime
    cache_ok = True

    def __init__(self, datetime_processor=None, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def process_bind_param(self, value, dialect):
        if value is not None and not isinstance(value, datetime):
            refuse(self, "only moments of Python's datetime are read here")
        return value

    def process_literal_param(self, value, dialect):
        return value


class ArrowType(EnrichedDateTimeType):
    def __init__(self, *args, **kwargs):
        super().__init__(None, *args, **kwargs)

    def process_result_value(self, value, dialect):
        if value is not None:
            refuse(self, "they are moments of the arrow package")


class EnrichedDateType(TypeDecorator):
    impl = Date
    cache_ok = True

    def __init__(self, date_processor=None, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def process_literal_param(self, value, dialect):
        return value


class ColorType(TypeDecorator):
    impl = Unicode(20)
    cache_ok = True
    STORE_FORMAT = "hex"

    def __init__(self, max_length=20, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.impl = Unicode(max_length)

    def process_bind_param(self, value, dialect):
        return value if value is None or isinstance(value, str) else str(getattr(value, self.STORE_FORMAT))


class Code(TypeDecorator):
    """A code of a standard, such as that of a country: text or an object that has it."""

    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value if value is None or isinstance(value, str) else value.code


class CountryType(Code):
    impl = String(2)


class CurrencyType(Code):
    impl = String(3)


class LocaleType(TypeDecorator):
    impl = Unicode(10)
    cache_ok = True

    def __init__(self):
        pass


class IPAddressType(TypeDecorator):
    impl = Unicode(50)
    cache_ok = True

    def __init__(self, max_length=50, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.impl = Unicode(max_length)

    def process_bind_param(self, value, dialect):
        return str(value) if value else None

    def process_result_value(self, value, dialect):
        return ipaddress.ip_address(value) if value else None


class LtreeType(Concatenable, UserDefinedType):
    cache_ok = True

    def literal_processor(self, dialect):
        return lambda value: "'" + str(value).replace("'", "''") + "'"


class LQUERY(TypeEngine):
    pass


class LTXTQUERY(TypeEngine):
    pass


@compiles(LtreeType, "postgresql")
def _ltree(type_, compiler, **keywords):
    return "LTREE"


@compiles(LQUERY, "postgresql")
def _lquery(type_, compiler, **keywords):
    return "LQUERY"


@compiles(LTXTQUERY, "postgresql")
def _ltxtquery(type_, compiler, **keywords):
    return "LTXTQUERY"


# The hashes of passlib that are longer than the 1024 bytes kept for all others.
_LONG_HASHES = {
    "argon2": 4294967347,
    "cta_pbkdf2_sha1": 1073,
    "grub_pbkdf2_sha512": 1120,
    "pbkdf2_sha1": 1076,
    "pbkdf2_sha256": 1094,
    "pbkdf2_sha512": 1137,
    "scrypt": 1068,
}


class PasswordType(Sealed):
    impl = VARBINARY(1024)
    reason = "they are hashed by the passlib package"

    def __init__(self, max_length=None, **kwargs):
        self._max_length = max_length
        self._schemes = kwargs.get("schemes") or ()
        self._unknown = [name for name in kwargs if name in ("length", "name", "nullable")]

    def load_dialect_impl(self, dialect):
        if self._unknown:
            raise KeyError(f"unknown CryptContext keyword: {self._unknown[0]!r}")
        length = self._max_length
        if length is None:
            length = max((_LONG_HASHES.get(scheme, 1024) for scheme in self._schemes), default=1024)
        if dialect.name == "postgresql":
            return postgresql.BYTEA(length)
        if dialect.name == "oracle":
            return oracle.RAW(length)
        return sqlite.BLOB(length) if dialect.name == "sqlite" else VARBINARY(length)


class ScalarListException(Exception):
    pass


class ScalarListType(TypeDecorator):
    impl = UnicodeText()
    cache_ok = True

    def __init__(self, coerce_func=str, separator=","):
        self.separator = str(separator)
        self.coerce_func = coerce_func

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        texts = [str(item) for item in value]
        if any(self.separator in text for text in texts):
            raise ScalarListException(
                f"List values can't contain string '{self.separator}' (its being used as separator. If you wish for "
                "scalar list values to contain these strings, use a different separator string.)"
            )
        return self.separator.join(texts)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return [self.coerce_func(text) for text in value.split(self.separator)] if value else []


class TimezoneType(TypeDecorator):
    impl = Unicode(50)
    cache_ok = True

    def __init__(self, backend="dateutil"):
        if backend not in ("dateutil", "pytz", "zoneinfo"):
            raise ImproperlyConfigured(
                "'pytz', 'dateutil' or 'zoneinfo' are the backends supported for 'TimezoneType'"
            )
        self.backend = backend

    def process_bind_param(self, value, dialect):
        if not value:
            return None
        if isinstance(value, str):
            if not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", value):
                raise ValueError(f"{value!r} is not the name of a time zone")
            return value
        name = getattr(value, "key", None) or getattr(value, "zone", None)
        if name is None:
            refuse(self, "only names of time zones and zones that have a name are read here")
        return name

    def process_result_value(self, value, dialect):
        if value:
            refuse(self, "they are time zones of the backend")
        return None


class BitType(TypeDecorator):
    impl = BINARY
    cache_ok = True

    def __init__(self, length=1, **kwargs):
        self.length = length
        super().__init__(**kwargs)
        self.impl = BINARY(length)

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return postgresql.BIT(self.length)
        return String(self.length) if dialect.name == "sqlite" else BINARY(self.length)

    def __repr__(self):
        return "BitType()"


class WeekDaysType(Sealed):
    impl = BINARY(7)
    reason = "they are sets of the package's week days"

    def __init__(self, *args, **kwargs):
        pass

    def load_dialect_impl(self, dialect):
        return BitType(7).load_dialect_impl(dialect)

    def __repr__(self):
        return "WeekDaysType()"

    def process_bind_param(self, value, dialect):
        if isinstance(value, str):
            return value
        return super().process_bind_param(value, dialect)


class RangeType(ByDialect):
    impl = postgresql.INT4RANGE

    def __init__(self, *args, **kwargs):
        self.step = kwargs.pop("step", None)
        super().__init__(*args, **kwargs)

    def variant(self, dialect):
        return None if dialect.name == "postgresql" else String(255)

    def process_bind_param(self, value, dialect):
        if value is not None and not isinstance(value, str):
            refuse(self, "intervals are the intervals package's; the text of a range, such as '[1,5)', passes")
        return value

    def process_result_value(self, value, dialect):
        if value is not None:
            refuse(self, "they are intervals of the intervals package")


class DateRangeType(RangeType):
    impl = postgresql.DATERANGE


class DateTimeRangeType(RangeType):
    impl = postgresql.TSRANGE


class IntRangeType(RangeType):
    impl = postgresql.INT4RANGE


class Int8RangeType(RangeType):
    impl = postgresql.INT8RANGE


class NumericRangeType(RangeType):
    impl = postgresql.NUMRANGE


class CompositeType(UserDefinedType):
    def __init__(self, name, columns, quote=None, **kwargs):
        self.name = name
        self.columns = columns
        self.quote = quote

    def get_col_spec(self, **keywords):
        return self.name

    def bind_processor(self, dialect):
        def process(value):
            if value is not None:
                refuse(self, "composite values are not written")

        return process


def register_composites(connection):
    pass


def remove_composite_listeners():
    pass


class Timestamp:
    """The columns `created` and `updated` of a model."""

    created = Column(DateTime, default=datetime.utcnow, nullable=False)
    updated = Column(DateTime, default=datetime.utcnow, nullable=False)


def generic_repr(*fields):
    return fields[0] if len(fields) == 1 and isinstance(fields[0], type) else lambda class_: class_


def force_auto_coercion(mapper=None):
    pass


def force_instant_defaults(mapper=None):
    pass


def escape_like(string, escape_char="*"):
    for special in (escape_char, "%", "_"):
        string = string.replace(special, escape_char + special)
    return string
