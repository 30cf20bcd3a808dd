"""advanced_alchemy: the types of its `types`."""

import uuid
from datetime import datetime, timezone

from sqlalchemy.dialects import mssql, mysql, oracle, postgresql
from sqlalchemy.types import BINARY, BLOB, CHAR, JSON, TEXT, BigInteger, Boolean, CLOB, DateTime, Integer, String, Text

from limbeck_types import ByDialect, NotProvided, Sealed, Utc, refuse


class GUID(ByDialect):
    impl = BINARY(16)

    def __init__(self, *args, binary=True, **kwargs):
        self.binary = binary

    def variant(self, dialect):
        if dialect.name in ("postgresql", "duckdb", "cockroachdb"):
            return postgresql.UUID()
        if dialect.name == "mssql":
            return mssql.UNIQUEIDENTIFIER()
        if dialect.name == "oracle":
            return oracle.RAW(16)
        return BINARY(16) if self.binary else CHAR(32)

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        value = value if isinstance(value, uuid.UUID) else uuid.UUID(value)
        if dialect.name in ("postgresql", "duckdb", "cockroachdb", "mssql"):
            return str(value)
        return value.bytes if self.binary or dialect.name == "oracle" else value.hex

    def process_result_value(self, value, dialect):
        if value is None or isinstance(value, uuid.UUID):
            return value
        return uuid.UUID(bytes=value) if isinstance(value, bytes) else uuid.UUID(value)


BigIntIdentity = BigInteger().with_variant(Integer(), "sqlite")


class DateTimeUTC(Utc):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)


class ORA_JSONB(Sealed):
    impl = BLOB
    reason = "JSON in a BLOB is the package's"

    def __init__(self, *args, **kwargs):
        self.oracle_strict = kwargs.pop("oracle_strict", True)
        super().__init__(*args, **kwargs)

    def load_dialect_impl(self, dialect):
        if dialect.name == "oracle":
            raise NotProvided("advanced_alchemy's JSON in a BLOB of Oracle, with its CHECK constraint, is not provided")
        return dialect.type_descriptor(BLOB())


JsonB = JSON().with_variant(postgresql.JSONB(), "postgresql", "cockroachdb").with_variant(ORA_JSONB(), "oracle")


class EncryptionBackend:
    def __init__(self, *args, **kwargs):
        pass


class FernetBackend(EncryptionBackend):
    pass


class PGCryptoBackend(EncryptionBackend):
    pass


class EncryptedString(Sealed):
    impl = String
    reason = "they are encrypted by the package"

    def __init__(self, key=None, backend=FernetBackend, length=None, **kwargs):
        super().__init__()
        self.key = key
        self.backend = backend
        self.length = length

    def load_dialect_impl(self, dialect):
        if dialect.name in ("mysql", "mariadb"):
            return TEXT()
        return String(4000) if dialect.name == "oracle" else String()

    def __repr__(self):
        key = self.key.__name__ if callable(self.key) else repr(self.key)
        return f"{type(self).__name__}(key={key}, backend={self.backend.__name__}, length={self.length})"


class EncryptedText(EncryptedString):
    impl = Text

    def load_dialect_impl(self, dialect):
        if dialect.name in ("mysql", "mariadb", "sqlite"):
            return Text()
        return CLOB() if dialect.name == "oracle" else String()


class TOTPSecret(EncryptedString):
    def __init__(self, key=None, backend=FernetBackend, digits=6, interval=30, digest=None, issuer=None, length=None, **kwargs):
        super().__init__(key, backend, length)


class PasswordHash(Sealed):
    impl = String
    reason = "they are hashed by the package"

    def __init__(self, backend, length=255):
        super().__init__(length)
        self.backend = backend
        self.length = length

    def __repr__(self):
        return f"PasswordHash(backend=sa.{type(self.backend).__name__}(), length={self.length})"


class _OracleAwareBoolean(ByDialect):
    impl = Boolean


Bool = _OracleAwareBoolean


class Vector(ByDialect):
    impl = JSON

    def __init__(self, dim, *, storage_format="FLOAT32"):
        super().__init__()
        self.dim = dim
        self.storage_format = storage_format

    def variant(self, dialect):
        if dialect.name in ("postgresql", "cockroachdb"):
            from limbeck_types.pgvector import VECTOR

            return VECTOR(self.dim)
        if dialect.name == "oracle":
            return oracle.VECTOR(self.dim, oracle.VectorStorageFormat(self.storage_format))
        return None


class StoredObject(Sealed):
    impl = JSON().with_variant(postgresql.JSONB(), "postgresql", "cockroachdb")
    reason = "the files are kept by the package"

    def __init__(self, backend, multiple=False, *args, **kwargs):
        self.storage_key = backend
        self.multiple = multiple

    def load_dialect_impl(self, dialect):
        if dialect.name == "oracle":
            return BLOB()
        return postgresql.JSONB() if dialect.name == "postgresql" else JSON()
