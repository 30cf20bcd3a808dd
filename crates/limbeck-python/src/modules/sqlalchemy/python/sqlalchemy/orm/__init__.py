"""Declarative models: Python's class machinery on top of the native Table and Column."""

import sys
import warnings
from types import GenericAlias

import sqlalchemy as sa
from sqlalchemy import exc as sa_exc

__all__ = [
    "ColumnProperty", "DeclarativeBase", "DeclarativeBaseNoMeta", "DeclarativeMeta", "DynamicMapped",
    "InstrumentedAttribute", "Mapped", "MappedAsDataclass", "MappedColumn", "Mapper", "QueryableAttribute",
    "Relationship", "RelationshipProperty", "Session", "Synonym", "WriteOnlyMapped", "aliased", "as_declarative",
    "backref", "column_property", "composite", "configure_mappers", "declarative_base", "declarative_mixin",
    "declared_attr", "deferred", "foreign", "has_inherited_table", "mapped_column", "orm_insert_sentinel",
    "query_expression", "registry", "relationship", "remote", "scoped_session", "sessionmaker", "synonym",
    "validates",
]


def _absent(what):
    return NotImplementedError(f"Limbeck does not provide {what} yet")


class MappedAnnotationError(sa_exc.ArgumentError):
    __module__ = "sqlalchemy.orm.exc"


# Annotations.


class SQLORMExpression:
    __class_getitem__ = classmethod(GenericAlias)


class Mapped(SQLORMExpression):
    """The container of a mapped attribute's annotation."""

    __class_getitem__ = classmethod(GenericAlias)


class DynamicMapped(Mapped):
    __class_getitem__ = classmethod(GenericAlias)


class WriteOnlyMapped(Mapped):
    __class_getitem__ = classmethod(GenericAlias)


class QueryableAttribute(Mapped):
    pass


class InstrumentedAttribute(QueryableAttribute):
    pass


class MapperProperty:
    def __init__(self, *args, **kwargs):
        self.args = args
        self.kwargs = kwargs


class RelationshipProperty(MapperProperty):
    @property
    def argument(self):
        return self.args[0] if self.args else self.kwargs.get("argument")

    def __clause_element__(self):
        raise _absent("SQL expressions of relationships")


class Relationship(RelationshipProperty):
    __class_getitem__ = classmethod(GenericAlias)


class SynonymProperty(MapperProperty):
    pass


class Synonym(SynonymProperty):
    pass


class Composite(MapperProperty):
    pass


class ColumnProperty(MapperProperty):
    def __init__(self, column, *additional, **kwargs):
        super().__init__(column, *additional, **kwargs)
        self.columns = [column, *additional]

    @property
    def expression(self):
        return self.columns[0]

    def __clause_element__(self):
        return self.columns[0]


MappedSQLExpression = ColumnProperty


class MappedColumn:
    """What mapped_column() gives: a Column whose name and type may come from the annotation."""

    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, column, has_nullable, has_type, sort_order=0):
        self.column = column
        self._has_nullable = has_nullable
        self._has_type = has_type
        self._sort_order = sort_order

    def __clause_element__(self):
        return self.column

    @property
    def foreign_keys(self):
        return self.column.foreign_keys

    @property
    def name(self):
        return self.column.name

    def copy(self):
        return MappedColumn(self.column._copy(), self._has_nullable, self._has_type, self._sort_order)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.column, name)


def _operator(name):
    def operate(self, *args):
        return getattr(self.column, name)(*args)

    return operate


for _name in ("eq", "ne", "lt", "le", "gt", "ge", "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "mod",
              "and", "or", "invert", "neg"):
    setattr(MappedColumn, f"__{_name}__", _operator(f"__{_name}__"))
MappedColumn.__hash__ = lambda self: id(self)

_MISSING = object()


def mapped_column(__name_pos=None, __type_pos=None, *args, init=None, repr=None, default=_MISSING,
                  default_factory=None, compare=None, kw_only=None, hash=None, nullable=_MISSING, deferred=False,
                  deferred_group=None, deferred_raiseload=None, use_existing_column=False, active_history=False,
                  insert_default=None, sort_order=0, dataclass_metadata=None, type_=None, **kwargs):
    positional = [item for item in (__name_pos, __type_pos) if item is not None] + list(args)
    if default is not _MISSING and default is not None and insert_default is None:
        insert_default = default
    if insert_default is not None:
        kwargs["default"] = insert_default
    if nullable is not _MISSING and nullable is not None:
        kwargs["nullable"] = nullable
    if type_ is not None:
        kwargs["type_"] = type_
    column = sa.Column(*positional, **kwargs)
    has_type = type_ is not None or not isinstance(column.type, sa.types.NullType)
    return MappedColumn(column, "nullable" in kwargs, has_type, sort_order)


def orm_insert_sentinel(name=None, type_=None, **kwargs):
    return mapped_column(name, type_ or sa.Integer, **kwargs)


def relationship(*args, **kwargs):
    return Relationship(*args, **kwargs)


dynamic_loader = relationship


def backref(name, **kwargs):
    return (name, kwargs)


def synonym(*args, **kwargs):
    return Synonym(*args, **kwargs)


def composite(*args, **kwargs):
    return Composite(*args, **kwargs)


def column_property(column, *additional, **kwargs):
    return ColumnProperty(column, *additional, **kwargs)


def deferred(column, *additional, **kwargs):
    return ColumnProperty(column, *additional, **kwargs)


def query_expression(*args, **kwargs):
    return Synonym(*args, **kwargs)


def foreign(expression):
    return expression


def remote(expression):
    return expression


def validates(*names, **kwargs):
    return lambda function: function


def reconstructor(function):
    return function


def declarative_mixin(cls):
    return cls


class declared_attr:
    """A function of a mixin that gives each mapped class its own attribute."""

    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, function=None, cascading=False):
        self.fget = function
        self.__doc__ = getattr(function, "__doc__", None)

    def __get__(self, instance, owner):
        function = getattr(self.fget, "__func__", self.fget)
        return function(owner)


class _declared_attr_kind(declared_attr):
    pass


declared_attr.directive = _declared_attr_kind
declared_attr.cascading = _declared_attr_kind


class MappedAsDataclass:
    def __init_subclass__(cls, **kwargs):
        pass


# From annotations to types.

_PYTHON_TYPES = {
    ("builtins", "str"): "String",
    ("builtins", "int"): "Integer",
    ("builtins", "bool"): "Boolean",
    ("builtins", "float"): "Double",
    ("builtins", "bytes"): "LargeBinary",
    ("datetime", "datetime"): "DateTime",
    ("datetime", "date"): "Date",
    ("datetime", "time"): "Time",
    ("datetime", "timedelta"): "Interval",
    ("decimal", "Decimal"): "Numeric",
    ("uuid", "UUID"): "Uuid",
    ("builtins", "NoneType"): "NullType",
}


def _namespaces(cls):
    module = sys.modules.get(cls.__module__)
    globals_ = dict(vars(module)) if module is not None else {}
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == cls.__module__:
            globals_.update(frame.f_globals)
            globals_.update(frame.f_locals)
            break
        frame = frame.f_back
    return globals_


def _evaluate(annotation, cls):
    if not isinstance(annotation, str):
        return annotation
    return eval(annotation, _namespaces(cls), dict(vars(cls)))


def _is_union(annotation):
    origin = getattr(annotation, "__origin__", None)
    kinds = (type(annotation).__name__, getattr(origin, "__name__", None), str(origin))
    return "UnionType" in kinds or "Union" in kinds or "typing.Union" in kinds


def _is_mapped(origin):
    return isinstance(origin, type) and issubclass(origin, (Mapped, Relationship, MappedColumn))


class _Annotation:
    """What Mapped[...] says of a column."""

    def __init__(self, cls, name, inner, type_map):
        self.nullable = False
        self.template = None
        self.type_ = None
        self.arguments = inner
        self._read(cls, name, inner, type_map, inner)

    def _read(self, cls, name, inner, type_map, shown):
        inner = _evaluate(inner, cls)
        if hasattr(inner, "__forward_arg__"):
            inner = _evaluate(inner.__forward_arg__, cls)
        if inner in type_map if _hashable(inner) else False:
            self.type_ = type_map[inner]
            return
        if _is_union(inner):
            parts = [part for part in inner.__args__ if part is not type(None)]
            if len(parts) < len(inner.__args__):
                self.nullable = True
            if len(parts) == 1:
                self._read(cls, name, parts[0], type_map, shown)
                return
        metadata = getattr(inner, "__metadata__", None)
        if metadata is not None:
            for item in metadata:
                if isinstance(item, MappedColumn):
                    self.template = item
            self._read(cls, name, inner.__origin__, type_map, shown)
            return
        if type(inner).__name__ == "TypeAliasType":
            self._read(cls, name, inner.__value__, type_map, shown)
            return
        if hasattr(inner, "__supertype__"):
            self._read(cls, name, inner.__supertype__, type_map, shown)
            return
        origin = getattr(inner, "__origin__", None)
        if str(origin) == "typing.Literal":
            labels = [label for label in inner.__args__ if label is not None]
            self.nullable = self.nullable or len(labels) < len(inner.__args__)
            self.type_ = sa.Enum(*labels, native_enum=False)
            return
        if _hashable(origin) and origin in type_map:
            self.type_ = type_map[origin]
            return
        if isinstance(inner, type):
            for base in inner.__mro__:
                if base in type_map:
                    self.type_ = type_map[base]
                    return
            if hasattr(inner, "__members__"):
                enum_type = next((type_map[base] for base in inner.__mro__ if base in type_map), None)
                self.type_ = enum_type or sa.Enum(inner)
                return
            for base in inner.__mro__:
                known = _PYTHON_TYPES.get((base.__module__, base.__qualname__))
                if known is not None:
                    self.type_ = getattr(sa.types, known)()
                    return
        self.shown = inner


def _hashable(value):
    try:
        hash(value)
    except TypeError:
        return False
    return value is not None


def _merge(values, annotations):
    """Joins two lists of names, keeping the order of each; between shared names, annotations come first."""
    shared = set(values) & set(annotations)
    result = []
    current, other = iter(values), iter(annotations)
    while True:
        for name in current:
            if name in shared:
                shared.discard(name)
                current, other = other, current
                break
            result.append(name)
        else:
            result.extend(other)
            return result


def _annotations(cls):
    found = cls.__dict__.get("__annotations__")
    if found is None:
        try:
            found = cls.__annotations__ if "__annotate__" in cls.__dict__ or "__annotate_func__" in cls.__dict__ else {}
        except NameError:
            found = {}
    return found or {}


def _unmapped_name(annotation):
    """Tells from a string annotation alone that it names no column."""
    text = annotation.strip()
    return not any(text.startswith(prefix) or f".{prefix}" in text.split("[")[0] + "["
                   for prefix in ("Mapped[", "DynamicMapped[", "WriteOnlyMapped[", "MappedColumn["))


def _mapped_inner(cls, name, annotation, value):
    """Gives what stands inside Mapped[...]; None when the annotation is no such container."""
    if isinstance(annotation, str):
        if _unmapped_name(annotation):
            return None
        try:
            annotation = _evaluate(annotation, cls)
        except NameError as error:
            if isinstance(value, MappedColumn) and value._has_type:
                return _MISSING
            raise MappedAnnotationError(
                f"Could not interpret annotation {annotation}.  Check that it uses names that are correctly imported "
                f"at the module level. See chained stack trace for more hints."
            ) from error
    origin = getattr(annotation, "__origin__", None)
    if not _is_mapped(origin):
        return None
    return annotation.__args__[0]


def _type_map(cls):
    given = getattr(cls.__dict__.get("registry", None) or getattr(cls, "registry", None), "type_annotation_map", None)
    return given or {}


def _apply_annotation(cls, name, column, inner):
    """Completes a mapped column by its annotation."""
    try:
        annotation = _Annotation(cls, name, inner, _type_map(cls))
    except NameError as error:
        if column._has_type:
            return column
        raise MappedAnnotationError(
            f"Could not interpret annotation Mapped[{inner}].  Check that it uses names that are correctly imported "
            f"at the module level. See chained stack trace for more hints."
        ) from error
    template = annotation.template
    if template is not None:
        column = _from_template(template, column)
    if not column._has_type:
        if annotation.type_ is None and not column.column.foreign_keys:
            shown = repr(getattr(annotation, "shown", inner))
            raise MappedAnnotationError(
                f"Could not locate SQLAlchemy Core type when resolving for Python type indicated by '{shown}' inside "
                f"the Mapped[] annotation for the '{name}' attribute; the type object is not resolvable by the registry"
            )
        if annotation.type_ is not None:
            type_ = annotation.type_
            column.column.type = type_() if isinstance(type_, type) else type_
            column._has_type = True
    if not column._has_nullable and not column.column.primary_key:
        column.column.nullable = annotation.nullable
        column.column._user_defined_nullable_given = True
    return column


def _from_template(template, column):
    """Puts what the mapped_column() inside Annotated says under what the attribute's own says."""
    merged = template.copy()
    own, base = column.column, merged.column
    if column._has_type:
        base.type = own.type
        merged._has_type = True
    if column._has_nullable:
        base.nullable = own.nullable
        merged._has_nullable = True
    for attribute in ("name", "key", "default", "onupdate", "server_default", "comment", "index", "unique", "doc"):
        value = getattr(own, attribute)
        if value is not None:
            setattr(base, attribute, value)
    if own.primary_key:
        base.primary_key = True
        base.nullable = False
    for foreign_key in list(own.foreign_keys):
        base.append_foreign_key(foreign_key)
    return merged


# Mapping.


class Mapper:
    def __init__(self, class_, local_table, inherits=None):
        self.class_ = class_
        self.entity = class_
        self.local_table = local_table
        self.persist_selectable = local_table
        self.mapped_table = local_table
        self.inherits = inherits

    @property
    def tables(self):
        tables = [] if self.inherits is None else list(self.inherits.tables)
        return tables if self.local_table in tables else tables + [self.local_table]

    @property
    def columns(self):
        return self.local_table.c

    c = columns

    @property
    def primary_key(self):
        return tuple(self.local_table.primary_key.columns)

    @property
    def column_attrs(self):
        return list(self.local_table.c)

    def __repr__(self):
        return f"Mapper[{self.class_.__name__}({self.local_table.name})]"


class registry:
    def __init__(self, *, metadata=None, class_registry=None, type_annotation_map=None, constructor=None):
        self.metadata = metadata if metadata is not None else sa.MetaData()
        self.type_annotation_map = dict(type_annotation_map or {})
        self._class_registry = class_registry if class_registry is not None else {}
        self.mappers = set()

    def update_type_annotation_map(self, type_annotation_map):
        self.type_annotation_map.update(type_annotation_map)

    def generate_base(self, mapper=None, cls=object, name="Base", metaclass=None):
        return declarative_base(cls=cls, name=name, metaclass=metaclass, _registry=self)

    def mapped(self, cls):
        cls.registry = self
        if "metadata" not in cls.__dict__:
            cls.metadata = self.metadata
        _map(cls)
        return cls

    def mapped_as_dataclass(self, cls=None, **kwargs):
        return self.mapped if cls is None else self.mapped(cls)

    def map_declaratively(self, cls):
        self.mapped(cls)
        return cls.__mapper__

    def as_declarative_base(self, **kwargs):
        return lambda cls: self.generate_base(cls=cls, name=cls.__name__)

    def map_imperatively(self, cls, local_table=None, **kwargs):
        cls.registry = self
        cls.__table__ = local_table
        for column in local_table.c:
            setattr(cls, column.key, column)
        cls.__mapper__ = Mapper(cls, local_table)
        self.mappers.add(cls.__mapper__)
        return cls.__mapper__

    def configure(self, cascade=False):
        pass

    def dispose(self, cascade=False):
        pass


def _constructor(self, **kwargs):
    for name, value in kwargs.items():
        if not hasattr(type(self), name):
            raise TypeError(f"{name!r} is an invalid keyword argument for {type(self).__name__}")
        setattr(self, name, value)


def _own_table(cls):
    for base in cls.__mro__[1:]:
        if base.__dict__.get("__mapper__") is not None:
            return base
    return None


_SKIPPED = {"__table__", "__mapper__", "registry", "metadata", "__dict__", "__weakref__", "__module__", "__doc__",
            "__qualname__", "__annotations__", "__init__", "__abstract__", "__tablename__", "__table_args__",
            "__mapper_args__"}


def _collect(cls, source, found, properties):
    """Takes the mapped attributes of one class of the hierarchy; those of mixins are copied."""
    own = source is cls
    values = {name: value for name, value in vars(source).items()
              if name not in _SKIPPED and not (name.startswith("__") and name.endswith("__"))}
    annotations = {name: value for name, value in _annotations(source).items() if not name.startswith("__")}
    names = _merge(list(values), list(annotations))
    if not own:
        # What a mixin computes for each class comes after what it states.
        names.sort(key=lambda name: isinstance(values.get(name), declared_attr))
    for name in names:
        if name in found or name in properties:
            continue
        if not own and name in vars(cls) and not isinstance(vars(cls)[name], (sa.Column, MappedColumn)):
            continue
        value = values.get(name, _MISSING)
        if isinstance(value, declared_attr):
            value = value.__get__(None, cls)
            fresh = True
        else:
            fresh = own
        if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], (sa.Column, MappedColumn)):
            value = value[0]
        if isinstance(value, ColumnProperty) and not isinstance(value.columns[0], (sa.Column, MappedColumn)):
            properties[name] = value
            continue
        if isinstance(value, ColumnProperty):
            value = value.columns[0]
        if isinstance(value, MapperProperty):
            properties[name] = value
            continue
        inner = None
        if name in annotations and not (value is not _MISSING and not isinstance(value, (sa.Column, MappedColumn))):
            inner = _mapped_inner(source, name, annotations[name], value)
        if isinstance(value, sa.Column):
            found[name] = MappedColumn(value if fresh else value._copy(), True, True)
        elif isinstance(value, MappedColumn):
            column = value if fresh else value.copy()
            if inner is not None and inner is not _MISSING:
                column = _apply_annotation(cls, name, column, inner)
            found[name] = column
        elif value is _MISSING and inner is not None and inner is not _MISSING:
            found[name] = _apply_annotation(cls, name, mapped_column(), inner)


def _table_arguments(cls):
    arguments = getattr(cls, "__table_args__", None)
    if not arguments:
        return (), {}
    if isinstance(arguments, dict):
        return (), arguments
    if isinstance(arguments, tuple):
        if arguments and isinstance(arguments[-1], dict):
            return arguments[:-1], arguments[-1]
        return arguments, {}
    raise sa_exc.ArgumentError("__table_args__ value must be a tuple, dict, or None")


def _inherited_table_arguments(cls, parent):
    """Table arguments of a mapped parent belong to the parent alone."""
    for base in cls.__mro__:
        if base is parent:
            return (), {}
        if "__table_args__" in base.__dict__:
            return _table_arguments(cls)
    return (), {}


def _map(cls):
    if cls.__dict__.get("__abstract__"):
        return
    parent = _own_table(cls)
    table = cls.__dict__.get("__table__")
    found, properties = {}, {}
    for source in cls.__mro__:
        if source is object or source is parent:
            break
        if source in (DeclarativeBase, DeclarativeBaseNoMeta, MappedAsDataclass):
            continue
        if table is None and "__table__" in vars(source) and not isinstance(vars(source)["__table__"], declared_attr):
            table = vars(source)["__table__"]
        _collect(cls, source, found, properties)
    for name, column in found.items():
        if column.column.name is None:
            column.column.name = name
        if column.column.key is None:
            column.column.key = column.column.name
    if table is None and isinstance(vars(cls).get("__table__"), declared_attr):
        table = cls.__table__
    tablename = None
    if table is None:
        tablename = getattr(cls, "__tablename__", None)
        if parent is not None and tablename == getattr(parent, "__tablename__", None):
            tablename = None
    ordered = sorted(found.values(), key=lambda column: column._sort_order)
    if table is not None:
        for column in ordered:
            if column.column.table is None and column.column.key not in table.c:
                table.append_column(column.column)
    elif tablename is not None:
        arguments, options = (_table_arguments(cls) if parent is None else _inherited_table_arguments(cls, parent))
        metadata = getattr(cls, "metadata", None)
        if metadata is None:
            metadata = cls.registry.metadata
        table = sa.Table(tablename, metadata, *[column.column for column in ordered], *arguments, **options)
    elif parent is not None:
        table = parent.__table__
        for column in ordered:
            if column.column.key not in table.c:
                table.append_column(column.column)
    else:
        raise sa_exc.InvalidRequestError(
            f"Class {cls!r} does not have a __table__ or __tablename__ specified and does not inherit from an existing "
            f"table-mapped class."
        )
    inherits = None if parent is None else parent.__mapper__
    mapper = Mapper(cls, table, inherits)
    if parent is None and not list(table.primary_key.columns) and not _mapper_primary_key(cls):
        raise sa_exc.ArgumentError(
            f"Mapper {mapper} could not assemble any primary key columns for mapped table '{table.description}'"
        )
    cls.__table__ = table
    cls.__mapper__ = mapper
    for name, column in found.items():
        setattr(cls, name, table.c[column.column.key] if column.column.key in table.c else column.column)
    if not found or "__table__" in vars(cls):
        for column in table.c:
            if column.key not in found and not hasattr(cls, column.key):
                setattr(cls, column.key, column)
    for name, value in properties.items():
        setattr(cls, name, value)
    registered = getattr(cls, "registry", None)
    if registered is not None:
        registered.mappers.add(mapper)
        registered._class_registry[cls.__name__] = cls


def _mapper_primary_key(cls):
    arguments = getattr(cls, "__mapper_args__", None) or {}
    return arguments.get("primary_key")


def _set_up_base(cls):
    own = cls.__dict__
    if "metadata" in own and "registry" not in own:
        cls.registry = registry(metadata=own["metadata"], type_annotation_map=own.get("type_annotation_map"))
    elif "registry" not in own:
        cls.registry = registry(type_annotation_map=own.get("type_annotation_map"))
    elif "type_annotation_map" in own:
        cls.registry.update_type_annotation_map(own["type_annotation_map"])
    if "metadata" not in own:
        cls.metadata = cls.registry.metadata
    if "__init__" not in own and cls.__init__ is object.__init__:
        cls.__init__ = _constructor


class DeclarativeMeta(type):
    """The metaclass of bases made by hand."""

    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace)
        if "_limbeck_base" in namespace:
            return
        if not any(isinstance(base, DeclarativeMeta) for base in bases):
            if "registry" in namespace or "metadata" in namespace or namespace.get("__abstract__"):
                _set_up_base(cls)
            return
        _map(cls)


class DeclarativeBase:
    def __init_subclass__(cls, **kwargs):
        if DeclarativeBase in cls.__bases__:
            _set_up_base(cls)
        elif "registry" not in cls.__dict__ or not cls.__dict__.get("__abstract__"):
            _map(cls)


class DeclarativeBaseNoMeta:
    def __init_subclass__(cls, **kwargs):
        if DeclarativeBaseNoMeta in cls.__bases__:
            _set_up_base(cls)
        else:
            _map(cls)


def declarative_base(*, metadata=None, mapper=None, cls=object, name="Base", class_registry=None,
                     type_annotation_map=None, constructor=_constructor, metaclass=None, _registry=None):
    made = _registry or registry(metadata=metadata, class_registry=class_registry,
                                 type_annotation_map=type_annotation_map)
    bases = cls if isinstance(cls, tuple) else (cls,)
    namespace = {"registry": made, "metadata": made.metadata, "__abstract__": True, "_limbeck_base": True}
    if isinstance(cls, type) and cls.__doc__:
        namespace["__doc__"] = cls.__doc__
    if constructor is not None and all(base.__init__ is object.__init__ for base in bases):
        namespace["__init__"] = constructor
    kind = metaclass or type
    if not issubclass(kind, DeclarativeMeta):
        def map_subclass(subclass, **kwargs):
            _map(subclass)

        namespace["__init_subclass__"] = classmethod(map_subclass)
    return kind(name, bases, namespace)


def as_declarative(**kwargs):
    return lambda cls: declarative_base(cls=cls, name=cls.__name__, **kwargs)


def has_inherited_table(cls):
    return any(getattr(base, "__table__", None) is not None for base in cls.__mro__[1:])


def synonym_for(name, map_column=False):
    return lambda function: Synonym(name)


def _moved(function, sentence):
    def call(*args, **kwargs):
        message = f"The ``{function.__name__}()`` function is now available as sqlalchemy.orm.{sentence}"
        note = "(deprecated since: 2.0) (Background on SQLAlchemy 2.0 at: https://sqlalche.me/e/b8d9)"
        warnings.warn(f"{message} {note}", sa_exc.MovedIn20Warning, stacklevel=2)
        return function(*args, **kwargs)

    call.__name__ = function.__name__
    return call


# What `sqlalchemy.ext.declarative` gives under the old names.
_limbeck_moved = {
    "as_declarative": _moved(as_declarative, "as_declarative()"),
    "declarative_base": _moved(declarative_base, "declarative_base()."),
    "has_inherited_table": _moved(has_inherited_table, "has_inherited_table()"),
    "synonym_for": _moved(synonym_for, "synonym_for()"),
}


def configure_mappers():
    pass


def clear_mappers():
    pass


def class_mapper(cls, configure=True):
    return cls.__mapper__


def object_mapper(instance):
    return type(instance).__mapper__


def aliased(element, alias=None, name=None, **kwargs):
    table = getattr(element, "__table__", element)
    made = table.alias(name) if alias is None else alias

    class _Aliased:
        def __getattr__(self, attribute):
            return getattr(made.c, attribute)

        def __clause_element__(self):
            return made

    return made if table is element else _Aliased()


# Sessions.


class Session:
    """A session's connection side: statements and transactions, no unit of work."""

    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, bind=None, **kwargs):
        self.bind = bind
        self._connection = None
        self._owned = False

    def get_bind(self, *args, **kwargs):
        return self.bind

    def connection(self, *args, **kwargs):
        if self._connection is None:
            if self.bind is None:
                raise sa_exc.UnboundExecutionError("Could not locate a bind configured on this session.")
            if isinstance(self.bind, sa.Engine):
                self._connection, self._owned = self.bind.connect(), True
            elif isinstance(self.bind, sa.Connection):
                self._connection = self.bind
            else:
                # What stands for a connection offline has no transactions that a session could close.
                self._connection = self.bind.connect().close()
        return self._connection

    def execute(self, statement, params=None, **kwargs):
        return self.connection().execute(statement, params)

    def scalar(self, statement, params=None, **kwargs):
        return self.execute(statement, params).scalar()

    def scalars(self, statement, params=None, **kwargs):
        return self.execute(statement, params).scalars()

    def commit(self):
        # On a connection of a migration, the transaction belongs to the migration.
        if self._owned:
            self._connection.commit()

    def rollback(self):
        if self._connection is not None:
            self._connection.rollback()

    def flush(self, objects=None):
        pass

    def begin_nested(self):
        return self.connection().begin_nested()

    def close(self):
        if self._owned:
            self._connection.close()
        self._connection, self._owned = None, False

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise _absent(f"Session.{name}()")


class sessionmaker:
    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, bind=None, class_=Session, **kwargs):
        self.kw = dict(kwargs, bind=bind)
        self.class_ = class_

    def __call__(self, **kwargs):
        return self.class_(**{**self.kw, **kwargs})

    def configure(self, **kwargs):
        self.kw.update(kwargs)


class scoped_session:
    def __init__(self, session_factory, scopefunc=None):
        self.session_factory = session_factory
        self._session = None

    def __call__(self, **kwargs):
        if self._session is None:
            self._session = self.session_factory(**kwargs)
        return self._session

    def remove(self):
        if self._session is not None:
            self._session.close()
            self._session = None

    def query_property(self, query_cls=None):
        return None

    def __getattr__(self, name):
        return getattr(self(), name)


class Load:
    """Options that say how entities are loaded."""

    def __init__(self, entity):
        raise _absent("orm.Load")


class Query:
    def __init__(self, *args, **kwargs):
        raise _absent("orm.Query")


def _loader(name):
    def load(*args, **kwargs):
        raise _absent(f"orm.{name}()")

    return load


for _name in ("joinedload", "selectinload", "subqueryload", "lazyload", "contains_eager", "load_only", "defer",
              "undefer", "noload", "raiseload", "with_polymorphic", "with_loader_criteria", "with_expression",
              "make_transient", "object_session", "close_all_sessions", "join", "outerjoin", "defaultload",
              "immediateload", "selectin_polymorphic", "undefer_group", "polymorphic_union", "with_parent",
              "make_transient_to_detached", "was_deleted", "contains_alias", "merge_frozen_result"):
    globals()[_name] = _loader(_name)


def attribute_keyed_dict(*args, **kwargs):
    return dict


attribute_mapped_collection = column_keyed_dict = column_mapped_collection = keyfunc_mapping = attribute_keyed_dict
mapped_collection = attribute_keyed_dict
