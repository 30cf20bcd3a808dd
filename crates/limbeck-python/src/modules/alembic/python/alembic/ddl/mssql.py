"""SQL Server's implementation of the DDL of migrations."""

from alembic.ddl.impl import MSSQLImpl

__all__ = ["MSSQLImpl"]
