"""What is PostgreSQL's own in the DDL of migrations."""

from alembic.ddl.base import PostgresqlColumnType
from alembic.ddl.impl import PostgresqlImpl
from alembic.operations.ops import CreateExcludeConstraintOp

__all__ = ["CreateExcludeConstraintOp", "PostgresqlColumnType", "PostgresqlImpl"]
