"""Oracle's implementation of the DDL of migrations."""

from alembic.ddl.impl import OracleImpl

__all__ = ["OracleImpl"]
