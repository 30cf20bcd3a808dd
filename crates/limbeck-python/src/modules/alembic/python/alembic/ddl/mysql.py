"""The constructs by which MySQL and MariaDB change columns."""

from alembic.ddl.base import MySQLAlterDefault, MySQLChangeColumn, MySQLModifyColumn
from alembic.ddl.impl import MariaDBImpl, MySQLImpl

__all__ = ["MariaDBImpl", "MySQLAlterDefault", "MySQLChangeColumn", "MySQLImpl", "MySQLModifyColumn"]
