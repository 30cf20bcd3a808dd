"""fastapi_users_db_sqlalchemy: the types of its `generics`."""

from cases import Expressions

CASES = Expressions()

CASES.of_types("""
    fastapi_users_db_sqlalchemy.generics.GUID()
    fastapi_users_db_sqlalchemy.GUID()
    fastapi_users_db_sqlalchemy.generics.GUID
    fastapi_users_db_sqlalchemy.generics.GUID(length=36)
    fastapi_users_db_sqlalchemy.generics.TIMESTAMPAware()
    fastapi_users_db_sqlalchemy.generics.TIMESTAMPAware(timezone=True)
""")
CASES.of_values("""
    fastapi_users_db_sqlalchemy.generics.GUID() <- uuid.UUID("0123456789abcdef0123456789abcdef")
    fastapi_users_db_sqlalchemy.generics.GUID() <- "0123456789abcdef0123456789abcdef"
    fastapi_users_db_sqlalchemy.generics.GUID() <- None
    fastapi_users_db_sqlalchemy.generics.TIMESTAMPAware(timezone=True) <- datetime.datetime(2024, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)
""")
CASES.of_objects("""
    fastapi_users_db_sqlalchemy.generics.now_utc().tzinfo
""")
