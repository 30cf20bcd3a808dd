"""advanced_alchemy: the types of its `types`."""

import sqlalchemy as sa

from cases import Expressions

# The package's ORA_JSONB asks for this, which SQLAlchemy 2.1 does not have any more.
if not hasattr(sa.util, "portable_instancemethod"):
    sa.util.portable_instancemethod = lambda method, kwargs=None: method

CASES = Expressions()

CASES.of_types("""
    advanced_alchemy.types.GUID()
    advanced_alchemy.types.GUID(length=16)
    advanced_alchemy.types.GUID(binary=False)
    advanced_alchemy.types.guid.GUID
    advanced_alchemy.types.BigIntIdentity
    advanced_alchemy.types.identity.BigIntIdentity
    advanced_alchemy.types.DateTimeUTC(timezone=True)
    advanced_alchemy.types.DateTimeUTC()
    advanced_alchemy.types.datetime.DateTimeUTC
    advanced_alchemy.types.JsonB
    advanced_alchemy.types.json.JsonB
    advanced_alchemy.types.ORA_JSONB()
    advanced_alchemy.types.json.ORA_JSONB(oracle_strict=False)
    advanced_alchemy.types.EncryptedString(key="k")
    advanced_alchemy.types.EncryptedString(key=b"k", length=100)
    advanced_alchemy.types.EncryptedText(key="k")
    advanced_alchemy.types.encrypted_string.EncryptedText(key=lambda: "k")
    advanced_alchemy.types.encrypted_string.EncryptedString(key="k", backend=advanced_alchemy.types.encrypted_string.PGCryptoBackend)
    advanced_alchemy.types.PasswordHash(backend=object())
    advanced_alchemy.types.PasswordHash(backend=object(), length=128)
    advanced_alchemy.types.Bool()
    advanced_alchemy.types.boolean.Bool
    advanced_alchemy.types.Vector(3)
    advanced_alchemy.types.vector.Vector(dim=3, storage_format="INT8")
    advanced_alchemy.types.StoredObject(backend="local")
    advanced_alchemy.types.StoredObject("local", multiple=True)
    advanced_alchemy.types.FileObject
""")
CASES.of_values("""
    advanced_alchemy.types.GUID() <- uuid.UUID("0123456789abcdef0123456789abcdef")
    advanced_alchemy.types.GUID(binary=False) <- uuid.UUID("0123456789abcdef0123456789abcdef")
    advanced_alchemy.types.GUID() <- None
    advanced_alchemy.types.DateTimeUTC(timezone=True) <- datetime.datetime(2024, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)
    advanced_alchemy.types.DateTimeUTC(timezone=True) <- datetime.datetime(2024, 2, 3, 4, 5, 6)
    advanced_alchemy.types.DateTimeUTC(timezone=True) <- None
    advanced_alchemy.types.JsonB <- {"a": 1}
    advanced_alchemy.types.EncryptedString(key="k") <- None
    advanced_alchemy.types.EncryptedText(key="k") <- None
    advanced_alchemy.types.Bool() <- True
""")
