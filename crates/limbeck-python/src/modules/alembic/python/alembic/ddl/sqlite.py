"""SQLite's implementation of the DDL of migrations."""

from alembic.ddl.impl import SQLiteImpl

__all__ = ["SQLiteImpl"]
