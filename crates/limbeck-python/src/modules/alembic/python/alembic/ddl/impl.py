"""The implementations of DDL that classes of user code take further.

The engine's own implementation does the work. An instance of a class of user code stands before it where the class
has methods of its own for the database that is migrated.
"""

_implementations = {}

# What a run does without asking a class of user code.
_NOT_ASKED_BY_RUNS = (
    "__init__",
    "_exec",
    "batch_separator",
    "cast_for_batch_migrate",
    "command_terminator",
    "create_column_comment",
    "create_table_comment",
    "drop_table_comment",
    "emit_begin",
    "emit_commit",
    "execute",
    "prep_table_for_batch",
    "requires_recreate_in_batch",
    "start_migrations",
    "static_output",
    "transactional_ddl",
    "version_table_impl",
)

# What autogenerate does without asking it.
_NOT_ASKED_BY_AUTOGENERATE = (
    "adjust_reflected_dialect_options",
    "autogen_column_reflect",
    "compare_check_constraint",
    "compare_indexes",
    "compare_server_default",
    "compare_type",
    "compare_unique_constraint",
    "correct_for_autogen_constraints",
    "correct_for_autogen_foreignkeys",
    "identity_attrs_ignore",
    "render_ddl_sql_expr",
    "render_type",
    "type_arg_extract",
    "type_synonyms",
)

# The methods by which operations are carried out.
_METHODS = (
    "add_column",
    "add_constraint",
    "alter_column",
    "bulk_insert",
    "create_index",
    "create_table",
    "drop_column",
    "drop_constraint",
    "drop_index",
    "drop_table",
    "rename_table",
)


class ImplMeta(type):
    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)
        dialect = namespace.get("__dialect__")
        if dialect is not None:
            _implementations[dialect] = cls


class DefaultImpl(metaclass=ImplMeta):
    __dialect__ = "default"

    def __init__(self, engine):
        self._engine = engine

    def __getattr__(self, name):
        if name == "_engine":
            raise AttributeError(name)
        return getattr(self._engine, name)

    @classmethod
    def get_by_dialect(cls, dialect):
        return _implementations[dialect.name]


def _delegate(name):
    def method(self, *args, **kw):
        return getattr(self._engine, name)(*args, **kw)

    method.__name__ = name
    return method


for _name in _METHODS:
    setattr(DefaultImpl, _name, _delegate(_name))


def _engine_alter_column(self, table_name, column_name, *, name=None, **kw):
    self._engine.alter_column(table_name, column_name, new_column_name=name, **kw)


_engine_alter_column.__name__ = "alter_column"
DefaultImpl.alter_column = _engine_alter_column


class PostgresqlImpl(DefaultImpl):
    __dialect__ = "postgresql"


class SQLiteImpl(DefaultImpl):
    __dialect__ = "sqlite"


class MySQLImpl(DefaultImpl):
    __dialect__ = "mysql"


class MariaDBImpl(MySQLImpl):
    __dialect__ = "mariadb"


class MSSQLImpl(DefaultImpl):
    __dialect__ = "mssql"


class OracleImpl(DefaultImpl):
    __dialect__ = "oracle"


_OWN = tuple(_implementations.values()) + (DefaultImpl,)


def _overridden(cls, name):
    """Whether user code's class, not one of these, says what a name is."""
    for base in cls.__mro__:
        if base in _OWN:
            return False
        if name in vars(base):
            return True
    return False


def _class_of(dialect):
    """User code's class for a database; None where there is none."""
    found = _implementations.get(dialect)
    return None if found is None or found in _OWN else found


def _refused(dialect, names):
    """What of these names a class of user code says itself, as Class.name; None without such."""
    cls = _class_of(dialect)
    if cls is not None:
        for name in names:
            if _overridden(cls, name):
                return cls.__name__ + "." + name
    return None


def _refused_in_runs(dialect):
    return _refused(dialect, _NOT_ASKED_BY_RUNS)


def _refused_in_autogenerate():
    for cls in _OWN:
        found = _refused(cls.__dialect__, _NOT_ASKED_BY_AUTOGENERATE)
        if found is not None:
            return found
    return None


def _caller(dialect, name):
    """What calls the method of user code's class for the operations of a function; None without such a method."""
    cls = _class_of(dialect)
    method = _METHODS_OF_FUNCTIONS.get(name)
    if cls is None or method is None or not _overridden(cls, method):
        return None
    return lambda engine, operation, context: _CALLS[method](cls(engine), operation, context)


def _alter_column(impl, op, context):
    impl.alter_column(
        op.table_name,
        op.column_name,
        nullable=op.modify_nullable,
        server_default=op.modify_server_default,
        name=op.modify_name,
        type_=op.modify_type,
        schema=op.schema,
        existing_type=op.existing_type,
        existing_server_default=op.existing_server_default,
        existing_nullable=op.existing_nullable,
        comment=op.modify_comment,
        existing_comment=op.existing_comment,
        **op.kw,
    )


def _add_column(impl, op, context):
    impl.add_column(
        op.table_name,
        op.column,
        schema=op.schema,
        if_not_exists=op.if_not_exists,
        inline_references=op.inline_references,
        inline_primary_key=op.inline_primary_key,
    )


def _drop_column(impl, op, context):
    impl.drop_column(op.table_name, op.to_column(), schema=op.schema, if_exists=op.if_exists, **op.kw)


_FLAGS = {"create": "if_not_exists", "drop": "if_exists"}


def _of_object(name, make):
    def call(impl, op, context):
        flag = _FLAGS.get(name.split("_")[0])
        value = getattr(op, flag, None) if flag else None
        keywords = {} if value is None else {flag: value}
        getattr(impl, name)(getattr(op, make)(context), **keywords)

    return call


def _named_constraint(op):
    """A constraint of which an operation says no more than the name, the table and the kind."""
    import sqlalchemy as sa

    table = sa.Table(op.table_name, sa.MetaData(), sa.Column("x", sa.Integer()), schema=op.schema)
    kind = op.constraint_type
    if kind == "foreignkey":
        made = sa.ForeignKeyConstraint(["x"], ["y.z"], name=op.constraint_name)
    elif kind == "primary":
        made = sa.PrimaryKeyConstraint("x", name=op.constraint_name)
    elif kind == "unique":
        made = sa.UniqueConstraint("x", name=op.constraint_name)
    else:
        made = sa.CheckConstraint("", name=op.constraint_name)
    table.append_constraint(made)
    return made


_CALLS = {
    "add_column": _add_column,
    "add_constraint": _of_object("add_constraint", "to_constraint"),
    "alter_column": _alter_column,
    "bulk_insert": lambda impl, op, context: impl.bulk_insert(op.table, op.rows, multiinsert=op.multiinsert),
    "create_index": _of_object("create_index", "to_index"),
    "create_table": _of_object("create_table", "to_table"),
    "drop_column": _drop_column,
    "drop_constraint": lambda impl, op, context: impl.drop_constraint(
        _named_constraint(op), **({} if op.if_exists is None else {"if_exists": op.if_exists})
    ),
    "drop_index": _of_object("drop_index", "to_index"),
    "drop_table": _of_object("drop_table", "to_table"),
    "rename_table": lambda impl, op, context: impl.rename_table(op.table_name, op.new_table_name, schema=op.schema),
}

_METHODS_OF_FUNCTIONS = {name: name for name in _CALLS}
for _name in ("check_constraint", "exclude_constraint", "foreign_key", "primary_key", "unique_constraint"):
    _METHODS_OF_FUNCTIONS["create_" + _name] = "add_constraint"
