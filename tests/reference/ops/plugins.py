"""Operations that users register, as Alembic's cookbook shows, and operation objects given to op.invoke."""

import sqlalchemy as sa
from alembic.operations import MigrateOperation, Operations, ops

from suite import Cases

CASES = case = Cases()


@Operations.register_operation("create_sequence_x")
class CreateSequenceOp(MigrateOperation):
    def __init__(self, sequence_name, schema=None):
        self.sequence_name = sequence_name
        self.schema = schema

    @classmethod
    def create_sequence_x(cls, operations, sequence_name, **kw):
        return operations.invoke(cls(sequence_name, **kw))

    def reverse(self):
        return DropSequenceOp(self.sequence_name, schema=self.schema)


@Operations.register_operation("drop_sequence_x")
class DropSequenceOp(MigrateOperation):
    def __init__(self, sequence_name, schema=None):
        self.sequence_name = sequence_name
        self.schema = schema

    @classmethod
    def drop_sequence_x(cls, operations, sequence_name, **kw):
        return operations.invoke(cls(sequence_name, **kw))


@Operations.implementation_for(CreateSequenceOp)
def create_sequence_x(operations, operation):
    name = operation.sequence_name
    if operation.schema is not None:
        name = operation.schema + "." + name
    operations.execute("CREATE SEQUENCE " + name)


@Operations.implementation_for(DropSequenceOp)
def drop_sequence_x(operations, operation):
    operations.execute("DROP SEQUENCE " + operation.sequence_name)
    return "dropped"


class ReplaceableObject:
    def __init__(self, name, sqltext):
        self.name = name
        self.sqltext = sqltext


class ReversibleOp(MigrateOperation):
    def __init__(self, target):
        self.target = target

    @classmethod
    def invoke_for_target(cls, operations, target):
        return operations.invoke(cls(target))

    def reverse(self):
        raise NotImplementedError()

    @classmethod
    def replace(cls, operations, target, replaces):
        operations.invoke(cls(replaces).reverse())
        operations.invoke(cls(target))


@Operations.register_operation("create_view_x", "invoke_for_target")
@Operations.register_operation("replace_view_x", "replace")
class CreateViewOp(ReversibleOp):
    def reverse(self):
        return DropViewOp(self.target)


@Operations.register_operation("drop_view_x", "invoke_for_target")
class DropViewOp(ReversibleOp):
    def reverse(self):
        return CreateViewOp(self.target)


@Operations.implementation_for(CreateViewOp)
def create_view_x(operations, operation):
    operations.execute("CREATE VIEW %s AS %s" % (operation.target.name, operation.target.sqltext))


@Operations.implementation_for(DropViewOp)
def drop_view_x(operations, operation):
    operations.execute("DROP VIEW %s" % operation.target.name)


@Operations.register_operation("without_implementation_x")
class WithoutImplementationOp(MigrateOperation):
    @classmethod
    def without_implementation_x(cls, operations):
        return operations.invoke(cls())


MAIN = ("sqlite", "postgresql", "mssql", "oracle")
VIEW = ReplaceableObject("open_account", "SELECT * FROM account WHERE state = 'open' AND name LIKE '%x'")
OLD_VIEW = ReplaceableObject("open_account", "SELECT 1")


@case(*MAIN)
def registered(op):
    op.create_sequence_x("serial")


@case("postgresql")
def registered_with_keyword(op):
    op.create_sequence_x("serial", schema="ledger")


@case("postgresql")
def what_an_implementation_returns(op):
    op.execute("-- " + op.drop_sequence_x("serial"))


@case(*MAIN)
def replaceable_object_created(op):
    op.create_view_x(VIEW)


@case("postgresql")
def replaceable_object_dropped(op):
    op.drop_view_x(VIEW)


@case(*MAIN)
def replaceable_object_replaced(op):
    op.replace_view_x(VIEW, replaces=OLD_VIEW)


@case("postgresql")
def without_implementation(op):
    op.without_implementation_x()


@case("postgresql")
def invoked_object(op):
    op.invoke(CreateSequenceOp("serial"))


@case("postgresql")
def invoked_reverse(op):
    op.invoke(CreateSequenceOp("serial").reverse())


def invoke(name, operation, *dialects):
    def function(op):
        op.invoke(operation())

    CASES.add("invoke_" + name, function, *dialects)


MORE = ("postgresql", "mysql", "mssql")
invoke("create_table", lambda: ops.CreateTableOp("t", [sa.Column("id", sa.Integer(), primary_key=True)]), *MORE)
invoke("create_table_in_schema", lambda: ops.CreateTableOp("t", [sa.Column("id", sa.Integer())], schema="s"), *MORE)
invoke("drop_table", lambda: ops.DropTableOp("t"), *MORE)
invoke("drop_table_if_exists", lambda: ops.DropTableOp("t", schema="s", if_exists=True), *MORE)
invoke("rename_table", lambda: ops.RenameTableOp("t", "u"), *MORE)
invoke("add_column", lambda: ops.AddColumnOp("t", sa.Column("c", sa.String(5))), *MORE)
invoke("drop_column", lambda: ops.DropColumnOp("t", "c"), *MORE)
invoke("alter_column", lambda: ops.AlterColumnOp(
    "t", "c", modify_nullable=False, existing_type=sa.String(5), modify_server_default="x"), *MORE)
invoke("alter_column_name", lambda: ops.AlterColumnOp("t", "c", modify_name="d", existing_type=sa.String(5)), *MORE)
invoke("create_index", lambda: ops.CreateIndexOp("ix", "t", ["a", sa.text("lower(b)")], unique=True), *MORE)
invoke("drop_index", lambda: ops.DropIndexOp("ix", "t"), *MORE)
invoke("create_unique_constraint", lambda: ops.CreateUniqueConstraintOp("uq", "t", ["a"]), *MORE)
invoke("create_primary_key", lambda: ops.CreatePrimaryKeyOp("pk", "t", ["a"]), *MORE)
invoke("create_check_constraint", lambda: ops.CreateCheckConstraintOp("ck", "t", sa.text("a > 5")), *MORE)
invoke("create_foreign_key", lambda: ops.CreateForeignKeyOp("fk", "t", "u", ["a"], ["b"], ondelete="CASCADE"), *MORE)
invoke("drop_constraint", lambda: ops.DropConstraintOp("uq", "t", type_="unique"), *MORE)
invoke("create_table_comment", lambda: ops.CreateTableCommentOp("t", "x", schema="s"), *MORE)
invoke("drop_table_comment", lambda: ops.DropTableCommentOp("t", schema="s"), *MORE)
invoke("execute_sql", lambda: ops.ExecuteSQLOp("UPDATE t SET a = 1"), *MORE)
invoke("bulk_insert", lambda: ops.BulkInsertOp(sa.table("t", sa.column("a", sa.Integer)), [{"a": 1}]), *MORE)
invoke("reverse_of_add_column", lambda: ops.AddColumnOp("t", sa.Column("c", sa.String(5))).reverse(), *MORE)
invoke("reverse_of_create_table", lambda: ops.CreateTableOp("t", [sa.Column("id", sa.Integer())]).reverse(), *MORE)
invoke("reverse_of_create_index", lambda: ops.CreateIndexOp("ix", "t", ["a"]).reverse(), *MORE)
invoke("reverse_of_create_unique", lambda: ops.CreateUniqueConstraintOp("uq", "t", ["a"]).reverse(), *MORE)
invoke("reverse_of_create_foreign_key", lambda: ops.CreateForeignKeyOp("fk", "t", "u", ["a"], ["b"]).reverse(), *MORE)
invoke("reverse_of_create_table_comment", lambda: ops.CreateTableCommentOp("t", "x", schema="s").reverse(), *MORE)
invoke("reverse_of_rename_column", lambda: ops.AlterColumnOp(
    "t", "c", modify_name="d", existing_type=sa.String(5), modify_nullable=False, existing_nullable=True).reverse(), *MORE)
invoke("reverse_of_drop_column_without_column", lambda: ops.DropColumnOp("t", "c").reverse(), "postgresql")
invoke("reverse_of_drop_table_without_table", lambda: ops.DropTableOp("t").reverse(), "postgresql")
invoke("operation_of_no_known_kind", lambda: MigrateOperation(), "postgresql")
invoke("index_of_object", lambda: ops.CreateIndexOp.from_index(
    sa.Index("ix", sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer())).c.a, unique=True)), *MORE)
invoke("table_of_object", lambda: ops.CreateTableOp.from_table(
    sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer(), primary_key=True), comment="x", schema="s")), *MORE)
