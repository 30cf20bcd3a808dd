"""Migration operations as objects: what programs make by hand, reverse, subclass and give to `op.invoke`.

The engine has values of its own for these; `_call()` says which function of `alembic.op` an object stands for.
"""

import sqlalchemy as _sa


def _given(**values):
    return {name: value for name, value in values.items() if value is not None}


def _metadata(migration_context=None):
    target = migration_context.opts.get("target_metadata") if migration_context is not None else None
    convention = getattr(target, "naming_convention", None)
    return _sa.MetaData(naming_convention=convention) if convention else _sa.MetaData()


def _table(name, *items, schema=None, metadata=None, **kw):
    return _sa.Table(name, _metadata() if metadata is None else metadata, *items, schema=schema, **kw)


def _untyped(names):
    found = []
    for name in names:
        if name not in found:
            found.append(name)
    return [_sa.Column(name, _sa.types.NULLTYPE) for name in found]


class MigrateOperation:
    """The base of all operations, those of user code among them."""

    @property
    def info(self):
        return self.__dict__.setdefault("_info", {})

    @info.setter
    def info(self, info):
        self._info = info

    def reverse(self):
        raise NotImplementedError

    def to_diff_tuple(self):
        raise NotImplementedError


class AlterTableOp(MigrateOperation):
    def __init__(self, table_name, *, schema=None):
        self.table_name = table_name
        self.schema = schema


class CreateTableOp(MigrateOperation):
    def __init__(
        self,
        table_name,
        columns,
        *,
        schema=None,
        if_not_exists=None,
        _namespace_metadata=None,
        _constraints_included=False,
        **kw,
    ):
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.if_not_exists = if_not_exists
        self._info = kw.pop("info", {})
        self.comment = kw.pop("comment", None)
        self.prefixes = kw.pop("prefixes", None)
        self.kw = kw
        self._namespace_metadata = _namespace_metadata
        self._constraints_included = _constraints_included

    @classmethod
    def from_table(cls, table, *, _namespace_metadata=None):
        named = [item for item in table.constraints if not getattr(item, "_type_bound", False)]
        return cls(
            table.name,
            list(table.c) + sorted(named, key=lambda item: item._creation_order),
            schema=table.schema,
            _namespace_metadata=_namespace_metadata or table.metadata,
            _constraints_included=True,
            comment=table.comment,
            info=dict(table.info),
            prefixes=list(table._prefixes),
            **table.dialect_kwargs,
        )

    def _keywords(self):
        return dict(_given(comment=self.comment, prefixes=self.prefixes), **self.kw)

    def to_table(self, migration_context=None):
        flagged = self._constraints_included
        items = []
        for item in self.columns:
            if isinstance(item, _sa.Index):
                parts = [part.name if isinstance(part, _sa.Column) else part for part in item.expressions]
                items.append(_sa.Index(item.name, *parts, unique=item.unique, **item.dialect_kwargs))
                continue
            item = item._copy()
            if flagged and isinstance(item, _sa.Column):
                # What the flags and keys of the columns stand for is among the constraints already.
                item.unique = item.index = None
                item.foreign_keys = set()
            items.append(item)
        return _table(
            self.table_name, *items, schema=self.schema, metadata=_metadata(migration_context), **self._keywords()
        )

    def reverse(self):
        return DropTableOp.from_table(self.to_table(), _namespace_metadata=self._namespace_metadata)

    def to_diff_tuple(self):
        return ("add_table", self.to_table())

    def _call(self):
        kw = dict(_given(schema=self.schema, if_not_exists=self.if_not_exists), **self._keywords())
        if self._constraints_included:
            kw["_constraints_included"] = True
        return "create_table", (self.table_name, *self.columns), kw

    @classmethod
    def _of_call(cls, table_name, *columns, **kw):
        return cls(table_name, columns, **kw)


class DropTableOp(MigrateOperation):
    def __init__(self, table_name, *, schema=None, if_exists=None, table_kw=None, _reverse=None):
        self.table_name = table_name
        self.schema = schema
        self.if_exists = if_exists
        self.table_kw = dict(table_kw or {})
        self.comment = self.table_kw.pop("comment", None)
        self._info = self.table_kw.pop("info", None)
        self.prefixes = self.table_kw.pop("prefixes", None)
        self._reverse = _reverse

    @classmethod
    def from_table(cls, table, *, _namespace_metadata=None):
        keywords = dict(table.dialect_kwargs)
        keywords.update(comment=table.comment, info=dict(table.info), prefixes=list(table._prefixes))
        return cls(
            table.name,
            schema=table.schema,
            table_kw=keywords,
            _reverse=CreateTableOp.from_table(table, _namespace_metadata=_namespace_metadata),
        )

    def to_table(self, migration_context=None):
        items = self._reverse.columns if self._reverse is not None else ()
        included = self._reverse is not None and self._reverse._constraints_included
        made = CreateTableOp(
            self.table_name,
            items,
            schema=self.schema,
            _constraints_included=included,
            comment=self.comment,
            prefixes=self.prefixes,
            **self.table_kw,
        )
        return made.to_table(migration_context)

    def reverse(self):
        return CreateTableOp.from_table(self.to_table())

    def to_diff_tuple(self):
        return ("remove_table", self.to_table())

    def _call(self):
        kw = dict(_given(schema=self.schema, if_exists=self.if_exists, comment=self.comment), **self.table_kw)
        return "drop_table", (self.table_name,), kw

    @classmethod
    def _of_call(cls, table_name, *, schema=None, if_exists=None, **kw):
        return cls(table_name, schema=schema, if_exists=if_exists, table_kw=kw)


class RenameTableOp(AlterTableOp):
    def __init__(self, old_table_name, new_table_name, *, schema=None):
        super().__init__(old_table_name, schema=schema)
        self.new_table_name = new_table_name

    def _call(self):
        return "rename_table", (self.table_name, self.new_table_name), {"schema": self.schema}


class CreateTableCommentOp(AlterTableOp):
    def __init__(self, table_name, comment, *, schema=None, existing_comment=None):
        super().__init__(table_name, schema=schema)
        self.comment = comment
        self.existing_comment = existing_comment

    def to_table(self, migration_context=None):
        return _table(
            self.table_name, schema=self.schema, metadata=_metadata(migration_context), comment=self.comment
        )

    def reverse(self):
        if self.existing_comment is None:
            return DropTableCommentOp(self.table_name, existing_comment=self.comment, schema=self.schema)
        return CreateTableCommentOp(
            self.table_name, self.existing_comment, existing_comment=self.comment, schema=self.schema
        )

    def to_diff_tuple(self):
        return ("add_table_comment", self.to_table(), self.existing_comment)

    def _call(self):
        kw = {"schema": self.schema, "existing_comment": self.existing_comment}
        return "create_table_comment", (self.table_name, self.comment), kw


class DropTableCommentOp(AlterTableOp):
    def __init__(self, table_name, *, schema=None, existing_comment=None):
        super().__init__(table_name, schema=schema)
        self.existing_comment = existing_comment

    def to_table(self, migration_context=None):
        return _table(self.table_name, schema=self.schema, metadata=_metadata(migration_context))

    def reverse(self):
        return CreateTableCommentOp(self.table_name, self.existing_comment, schema=self.schema)

    def to_diff_tuple(self):
        return ("remove_table_comment", self.to_table())

    def _call(self):
        kw = {"schema": self.schema, "existing_comment": self.existing_comment}
        return "drop_table_comment", (self.table_name,), kw


class AddColumnOp(AlterTableOp):
    def __init__(
        self,
        table_name,
        column,
        *,
        schema=None,
        if_not_exists=None,
        inline_references=None,
        inline_primary_key=None,
        **kw,
    ):
        super().__init__(table_name, schema=schema)
        self.column = column
        self.if_not_exists = if_not_exists
        self.inline_references = inline_references
        self.inline_primary_key = inline_primary_key
        self.kw = kw

    @classmethod
    def from_column(cls, column):
        return cls(column.table.name, column, schema=column.table.schema)

    @classmethod
    def from_column_and_tablename(cls, schema, tname, col):
        return cls(tname, col, schema=schema)

    def to_column(self):
        return self.column

    def reverse(self):
        return DropColumnOp.from_column_and_tablename(self.schema, self.table_name, self.column)

    def to_diff_tuple(self):
        return ("add_column", self.schema, self.table_name, self.column)

    def _call(self):
        kw = _given(
            schema=self.schema,
            if_not_exists=self.if_not_exists,
            inline_references=self.inline_references,
            inline_primary_key=self.inline_primary_key,
        )
        return "add_column", (self.table_name, self.column), dict(kw, **self.kw)


class DropColumnOp(AlterTableOp):
    def __init__(self, table_name, column_name, *, schema=None, if_exists=None, _reverse=None, **kw):
        super().__init__(table_name, schema=schema)
        self.column_name = column_name
        self.kw = kw
        self.if_exists = if_exists
        self._reverse = _reverse

    @classmethod
    def from_column_and_tablename(cls, schema, tname, col):
        back = AddColumnOp.from_column_and_tablename(schema, tname, col)
        return cls(tname, col.name, schema=schema, _reverse=back)

    def to_column(self, migration_context=None):
        if self._reverse is not None:
            return self._reverse.column
        return _sa.Column(self.column_name, _sa.types.NULLTYPE)

    def reverse(self):
        if self._reverse is None:
            raise ValueError("operation is not reversible; original column is not present")
        return AddColumnOp.from_column_and_tablename(self.schema, self.table_name, self._reverse.column)

    def to_diff_tuple(self):
        return ("remove_column", self.schema, self.table_name, self.to_column())

    def _call(self):
        kw = _given(schema=self.schema, if_exists=self.if_exists)
        return "drop_column", (self.table_name, self.column_name), dict(kw, **self.kw)


class AlterColumnOp(AlterTableOp):
    def __init__(
        self,
        table_name,
        column_name,
        *,
        schema=None,
        existing_type=None,
        existing_server_default=False,
        existing_nullable=None,
        existing_comment=None,
        modify_nullable=None,
        modify_comment=False,
        modify_server_default=False,
        modify_name=None,
        modify_type=None,
        **kw,
    ):
        super().__init__(table_name, schema=schema)
        self.column_name = column_name
        self.existing_type = existing_type
        self.existing_server_default = existing_server_default
        self.existing_nullable = existing_nullable
        self.existing_comment = existing_comment
        self.modify_nullable = modify_nullable
        self.modify_comment = modify_comment
        self.modify_server_default = modify_server_default
        self.modify_name = modify_name
        self.modify_type = modify_type
        self.kw = kw

    def has_changes(self):
        return (
            self.modify_nullable is not None
            or self.modify_type is not None
            or self.modify_server_default is not False
            or self.modify_comment is not False
            or any(name.startswith("modify_") for name in self.kw)
        )

    def reverse(self):
        values = {
            name: getattr(self, name)
            for name in self.__dict__
            if name.startswith(("existing_", "modify_")) and name != "modify_name"
        }
        keywords = dict(self.kw)
        back = {}
        for kind in ("type", "nullable", "server_default", "comment"):
            new, old = values["modify_" + kind], values["existing_" + kind]
            nothing = None if kind in ("type", "nullable") else False
            if new is nothing:
                back["existing_" + kind] = old
            else:
                back["modify_" + kind], back["existing_" + kind] = old, new
        for name in self.kw:
            if name.startswith("modify_") and "existing_" + name[7:] in self.kw:
                keywords[name] = self.kw["existing_" + name[7:]]
                keywords["existing_" + name[7:]] = self.kw[name]
        return AlterColumnOp(self.table_name, self.column_name, schema=self.schema, **back, **keywords)

    def to_diff_tuple(self):
        existing = {
            "existing_nullable": self.existing_nullable,
            "existing_type": self.existing_type,
            "existing_server_default": self.existing_server_default,
            "existing_comment": self.existing_comment,
        }
        kinds = [
            ("type", self.modify_type is not None),
            ("nullable", self.modify_nullable is not None),
            ("default", self.modify_server_default is not False),
            ("comment", self.modify_comment is not False),
        ]
        found = []
        for kind, changed in kinds:
            if changed:
                name = "server_default" if kind == "default" else kind
                rest = {key: value for key, value in existing.items() if key != "existing_" + name}
                place = ("modify_" + kind, self.schema, self.table_name, self.column_name)
                found.append((*place, rest, existing["existing_" + name], getattr(self, "modify_" + name)))
        return found

    def _call(self):
        kw = _given(
            schema=self.schema,
            nullable=self.modify_nullable,
            new_column_name=self.modify_name,
            type_=self.modify_type,
            existing_type=self.existing_type,
            existing_nullable=self.existing_nullable,
            existing_comment=self.existing_comment,
        )
        kw["comment"] = self.modify_comment
        kw["server_default"] = self.modify_server_default
        kw["existing_server_default"] = self.existing_server_default
        return "alter_column", (self.table_name, self.column_name), dict(kw, **self.kw)

    @classmethod
    def _of_call(cls, table_name, column_name, **kw):
        names = {"nullable": "nullable", "comment": "comment", "server_default": "server_default"}
        names.update(new_column_name="name", type_="type")
        for given, name in names.items():
            if given in kw:
                kw["modify_" + name] = kw.pop(given)
        return cls(table_name, column_name, **kw)


class CreateIndexOp(MigrateOperation):
    def __init__(self, index_name, table_name, columns, *, schema=None, unique=False, if_not_exists=None, **kw):
        self.index_name = index_name
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.unique = unique
        self.if_not_exists = if_not_exists
        self.kw = kw

    @classmethod
    def from_index(cls, index):
        return cls(
            index.name,
            index.table.name,
            list(index.expressions),
            schema=index.table.schema,
            unique=index.unique,
            **index.dialect_kwargs,
        )

    def to_index(self, migration_context=None):
        names = [getattr(item, "name", item) for item in self.columns]
        names = [name for name in names if isinstance(name, str)]
        table = _table(
            self.table_name, *_untyped(names), schema=self.schema, metadata=_metadata(migration_context)
        )
        items = [table.c[item.name] if isinstance(item, _sa.Column) else item for item in self.columns]
        items = [table.c[item] if isinstance(item, str) else item for item in items]
        index = _sa.Index(self.index_name, *items, unique=self.unique, **self.kw)
        if index.table is None:
            index.table = table
        return index

    def reverse(self):
        return DropIndexOp(
            self.index_name,
            self.table_name,
            schema=self.schema,
            _reverse=self,
            **dict(self.kw, unique=self.unique),
        )

    def to_diff_tuple(self):
        return ("add_index", self.to_index())

    def _call(self):
        kw = _given(schema=self.schema, unique=self.unique, if_not_exists=self.if_not_exists)
        columns = [item.name if isinstance(item, _sa.Column) else item for item in self.columns]
        return "create_index", (self.index_name, self.table_name, columns), dict(kw, **self.kw)


class DropIndexOp(MigrateOperation):
    def __init__(self, index_name, table_name=None, *, schema=None, if_exists=None, _reverse=None, **kw):
        self.index_name = index_name
        self.table_name = table_name
        self.schema = schema
        self.if_exists = if_exists
        self._reverse = _reverse
        self.kw = kw

    @classmethod
    def from_index(cls, index):
        return CreateIndexOp.from_index(index).reverse()

    def to_index(self, migration_context=None):
        kw = {name: value for name, value in self.kw.items() if name != "unique"}
        return self._create(kw).to_index(migration_context)

    def _create(self, kw):
        columns = self._reverse.columns if self._reverse is not None else ["x"]
        unique = bool(self.kw.get("unique", False))
        table_name = self.table_name if self.table_name else "no_table"
        return CreateIndexOp(self.index_name, table_name, columns, schema=self.schema, unique=unique, **kw)

    def reverse(self):
        return CreateIndexOp.from_index(self.to_index())

    def to_diff_tuple(self):
        return ("remove_index", self.to_index())

    def _call(self):
        kw = _given(schema=self.schema, if_exists=self.if_exists)
        rest = {name: value for name, value in self.kw.items() if name != "unique"}
        return "drop_index", (self.index_name, self.table_name), dict(kw, **rest)


class AddConstraintOp(MigrateOperation):
    @property
    def constraint_type(self):
        raise NotImplementedError

    @classmethod
    def from_constraint(cls, constraint):
        for class_, operation in _CONSTRAINTS:
            if isinstance(constraint, class_):
                return operation.from_constraint(constraint)
        raise ValueError("no dispatch function for object: %r" % (constraint,))

    def to_constraint(self, migration_context=None):
        raise NotImplementedError

    def reverse(self):
        return DropConstraintOp(
            self.constraint_name,
            getattr(self, "table_name", None) or self.source_table,
            type_=self._drop_type,
            schema=getattr(self, "schema", None) or self.kw.get("source_schema"),
            _reverse=self,
        )

    def to_diff_tuple(self):
        return ("add_constraint", self.to_constraint())


def _constraint_keywords(constraint, *names):
    found = {name: getattr(constraint, name, None) for name in names}
    found = {name: value for name, value in found.items() if value is not None and value is not False}
    found.update(constraint.dialect_kwargs)
    return found


class _ColumnsOp(AddConstraintOp):
    def __init__(self, constraint_name, table_name, columns, *, schema=None, **kw):
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint):
        table = constraint.table
        return cls(
            constraint.name,
            table.name,
            [column.name for column in constraint.columns],
            schema=table.schema,
            **_constraint_keywords(constraint, "deferrable", "initially"),
        )

    def to_constraint(self, migration_context=None):
        constraint = self._constraint_class(*self.columns, name=self.constraint_name, **self.kw)
        _table(
            self.table_name,
            *_untyped(self.columns),
            constraint,
            schema=self.schema,
            metadata=_metadata(migration_context),
        )
        return constraint


class CreatePrimaryKeyOp(_ColumnsOp):
    constraint_type = "primarykey"
    _drop_type = "primary"
    _constraint_class = _sa.PrimaryKeyConstraint

    def _call(self):
        arguments = (self.constraint_name, self.table_name, self.columns)
        return "create_primary_key", arguments, dict(self.kw, schema=self.schema)


class CreateUniqueConstraintOp(_ColumnsOp):
    constraint_type = _drop_type = "unique"
    _constraint_class = _sa.UniqueConstraint

    def _call(self):
        arguments = (self.constraint_name, self.table_name, self.columns)
        return "create_unique_constraint", arguments, dict(self.kw, schema=self.schema)


class CreateCheckConstraintOp(AddConstraintOp):
    constraint_type = _drop_type = "check"

    def __init__(self, constraint_name, table_name, condition, *, schema=None, **kw):
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.condition = condition
        self.schema = schema
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint):
        return cls(
            constraint.name,
            constraint.table.name,
            constraint.sqltext,
            schema=constraint.table.schema,
            **_constraint_keywords(constraint, "deferrable", "initially"),
        )

    def to_constraint(self, migration_context=None):
        constraint = _sa.CheckConstraint(self.condition, name=self.constraint_name, **self.kw)
        _table(self.table_name, constraint, schema=self.schema, metadata=_metadata(migration_context))
        return constraint

    def _call(self):
        arguments = (self.constraint_name, self.table_name, self.condition)
        return "create_check_constraint", arguments, dict(self.kw, schema=self.schema)


class CreateForeignKeyOp(AddConstraintOp):
    constraint_type = _drop_type = "foreignkey"

    def __init__(self, constraint_name, source_table, referent_table, local_cols, remote_cols, **kw):
        self.constraint_name = constraint_name
        self.source_table = source_table
        self.referent_table = referent_table
        self.local_cols = local_cols
        self.remote_cols = remote_cols
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint):
        keywords = _constraint_keywords(
            constraint, "onupdate", "ondelete", "initially", "deferrable", "use_alter", "match"
        )
        targets = [element.target_fullname.split(".") for element in constraint.elements]
        if constraint.table.schema is not None:
            keywords["source_schema"] = constraint.table.schema
        if len(targets[0]) > 2:
            keywords["referent_schema"] = ".".join(targets[0][:-2])
        return cls(
            constraint.name,
            constraint.table.name,
            targets[0][-2],
            list(constraint.column_keys),
            [target[-1] for target in targets],
            **keywords,
        )

    def to_constraint(self, migration_context=None):
        keywords = dict(self.kw)
        source_schema = keywords.pop("source_schema", None)
        referent_schema = keywords.pop("referent_schema", None)
        metadata = _metadata(migration_context)
        same = (self.source_table, source_schema) == (self.referent_table, referent_schema)
        if not same:
            _table(self.referent_table, *_untyped(self.remote_cols), schema=referent_schema, metadata=metadata)
        prefix = self.referent_table if referent_schema is None else referent_schema + "." + self.referent_table
        constraint = _sa.ForeignKeyConstraint(
            self.local_cols,
            [prefix + "." + column for column in self.remote_cols],
            name=self.constraint_name,
            **keywords,
        )
        names = list(self.local_cols) + (list(self.remote_cols) if same else [])
        _table(self.source_table, *_untyped(names), constraint, schema=source_schema, metadata=metadata)
        return constraint

    def to_diff_tuple(self):
        return ("add_fk", self.to_constraint())

    def _call(self):
        tables = (self.constraint_name, self.source_table, self.referent_table)
        return "create_foreign_key", (*tables, self.local_cols, self.remote_cols), self.kw


class CreateExcludeConstraintOp(AddConstraintOp):
    constraint_type = _drop_type = "exclude"

    def __init__(self, constraint_name, table_name, elements, *, where=None, schema=None, **kw):
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.elements = elements
        self.where = where
        self.schema = schema
        self.kw = kw

    def _call(self):
        kw = dict(_given(where=self.where, schema=self.schema), **self.kw)
        return "create_exclude_constraint", (self.constraint_name, self.table_name, *self.elements), kw

    @classmethod
    def _of_call(cls, constraint_name, table_name, *elements, **kw):
        return cls(constraint_name, table_name, elements, **kw)


class DropConstraintOp(MigrateOperation):
    def __init__(self, constraint_name, table_name, type_=None, *, schema=None, if_exists=None, _reverse=None):
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.constraint_type = type_
        self.schema = schema
        self.if_exists = if_exists
        self._reverse = _reverse

    @classmethod
    def from_constraint(cls, constraint):
        return AddConstraintOp.from_constraint(constraint).reverse()

    def to_constraint(self):
        if self._reverse is None:
            raise ValueError("constraint cannot be produced; original constraint is not present")
        constraint = self._reverse.to_constraint()
        constraint.name = self.constraint_name
        return constraint

    def reverse(self):
        return AddConstraintOp.from_constraint(self.to_constraint())

    def to_diff_tuple(self):
        kind = "remove_fk" if self.constraint_type == "foreignkey" else "remove_constraint"
        return (kind, self.to_constraint())

    def _call(self):
        kw = _given(schema=self.schema, if_exists=self.if_exists)
        return "drop_constraint", (self.constraint_name, self.table_name, self.constraint_type), kw


class BulkInsertOp(MigrateOperation):
    def __init__(self, table, rows, *, multiinsert=True):
        self.table = table
        self.rows = rows
        self.multiinsert = multiinsert

    def _call(self):
        return "bulk_insert", (self.table, self.rows), {"multiinsert": self.multiinsert}


class ExecuteSQLOp(MigrateOperation):
    def __init__(self, sqltext, *, execution_options=None):
        self.sqltext = sqltext
        self.execution_options = execution_options

    def to_diff_tuple(self):
        return ("execute", self.sqltext)

    def _call(self):
        return "execute", (self.sqltext,), {"execution_options": self.execution_options}


class OpContainer(MigrateOperation):
    def __init__(self, ops=()):
        self.ops = list(ops)

    def is_empty(self):
        return not self.ops

    def as_diffs(self):
        found = []
        for operation in self.ops:
            if isinstance(operation, OpContainer):
                found.extend(operation.as_diffs())
            else:
                found.append(operation.to_diff_tuple())
        return found

    def _reversed(self):
        return [operation.reverse() for operation in reversed(self.ops)]


class ModifyTableOps(OpContainer):
    def __init__(self, table_name, ops, *, schema=None):
        super().__init__(ops)
        self.table_name = table_name
        self.schema = schema

    def reverse(self):
        return ModifyTableOps(self.table_name, self._reversed(), schema=self.schema)


class UpgradeOps(OpContainer):
    def __init__(self, ops=(), upgrade_token="upgrades"):
        super().__init__(ops)
        self.upgrade_token = upgrade_token

    def reverse_into(self, downgrade_ops):
        downgrade_ops.ops[:] = self._reversed()
        return downgrade_ops

    def reverse(self):
        return self.reverse_into(DowngradeOps())


class DowngradeOps(OpContainer):
    def __init__(self, ops=(), downgrade_token="downgrades"):
        super().__init__(ops)
        self.downgrade_token = downgrade_token

    def reverse(self):
        return UpgradeOps(self._reversed())


class MigrationScript(MigrateOperation):
    def __init__(
        self,
        rev_id,
        upgrade_ops,
        downgrade_ops,
        *,
        message=None,
        imports=None,
        head=None,
        splice=None,
        branch_label=None,
        version_path=None,
        depends_on=None,
    ):
        self.rev_id = rev_id
        self.message = message
        self.imports = set() if imports is None else imports
        self.head = head
        self.splice = splice
        self.branch_label = branch_label
        self.version_path = version_path
        self.depends_on = depends_on
        self.upgrade_ops = upgrade_ops
        self.downgrade_ops = downgrade_ops

    def _single(self, name):
        found = getattr(self, name)
        if len(found) > 1:
            raise ValueError(
                "This MigrationScript instance has a multiple-entry list for %s; please use the %s_list attribute."
                % (("UpgradeOps", "upgrade_ops") if "up" in name else ("DowngradeOps", "downgrade_ops"))
            )
        return found[0] if found else None

    @property
    def upgrade_ops(self):
        return self._single("_upgrade_ops")

    @upgrade_ops.setter
    def upgrade_ops(self, upgrade_ops):
        self._upgrade_ops = list(upgrade_ops) if isinstance(upgrade_ops, (list, tuple)) else [upgrade_ops]

    @property
    def downgrade_ops(self):
        return self._single("_downgrade_ops")

    @downgrade_ops.setter
    def downgrade_ops(self, downgrade_ops):
        several = isinstance(downgrade_ops, (list, tuple))
        self._downgrade_ops = list(downgrade_ops) if several else [downgrade_ops]

    @property
    def upgrade_ops_list(self):
        return self._upgrade_ops

    @property
    def downgrade_ops_list(self):
        return self._downgrade_ops


_CONSTRAINTS = [
    (_sa.PrimaryKeyConstraint, CreatePrimaryKeyOp),
    (_sa.UniqueConstraint, CreateUniqueConstraintOp),
    (_sa.CheckConstraint, CreateCheckConstraintOp),
    (_sa.ForeignKeyConstraint, CreateForeignKeyOp),
]

# The class behind each function of `alembic.op`, for user code that replaces what an operation does.
_OF_FUNCTIONS = {
    "add_column": AddColumnOp,
    "alter_column": AlterColumnOp,
    "bulk_insert": BulkInsertOp,
    "create_check_constraint": CreateCheckConstraintOp,
    "create_exclude_constraint": CreateExcludeConstraintOp,
    "create_foreign_key": CreateForeignKeyOp,
    "create_index": CreateIndexOp,
    "create_primary_key": CreatePrimaryKeyOp,
    "create_table": CreateTableOp,
    "create_table_comment": CreateTableCommentOp,
    "create_unique_constraint": CreateUniqueConstraintOp,
    "drop_column": DropColumnOp,
    "drop_constraint": DropConstraintOp,
    "drop_index": DropIndexOp,
    "drop_table": DropTableOp,
    "drop_table_comment": DropTableCommentOp,
    "execute": ExecuteSQLOp,
    "rename_table": RenameTableOp,
}


def _of_call(name, args, kwargs):
    """Makes the object for a call of a function of `alembic.op`."""
    class_ = _OF_FUNCTIONS[name]
    return getattr(class_, "_of_call", class_)(*args, **kwargs)
