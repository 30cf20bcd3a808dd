"""sqlalchemy.orm as far as models need it: classes become tables.

Written by the founder for helper `pysa`: use and extend this file for sqlalchemy.orm (freeze it as module
`sqlalchemy.orm`); it relies only on the public names of sqlalchemy and on Column._copy / ForeignKey._copy.
"""
import sys

import sqlalchemy as _sa


class _Annotation:
    """What `Mapped[...]` gives: the annotation and the kind of container."""

    def __init__(self, item, container):
        self.item = item
        self.container = container

    def __or__(self, other):
        return self

    __ror__ = __or__


class Mapped:
    """Marks an annotation as a mapped attribute."""

    def __class_getitem__(cls, item):
        return _Annotation(item, cls)


class DynamicMapped(Mapped):
    """Marks a dynamic relationship."""


class WriteOnlyMapped(Mapped):
    """Marks a write-only relationship."""


class _Property:
    """An attribute of a model that makes no column by itself."""

    def __init__(self, *args, **kw):
        self.args = args
        self.kw = kw


class RelationshipProperty(_Property):
    """relationship(...)"""


Relationship = RelationshipProperty


class ColumnProperty(_Property):
    """column_property(...) and deferred(...)"""


class MappedColumn:
    """mapped_column(...): the arguments of a column that is not made yet."""

    ONLY_ORM = frozenset((
        "init", "repr", "default_factory", "compare", "kw_only", "hash", "insert_default", "deferred",
        "deferred_group", "deferred_raiseload", "active_history", "sort_order", "use_existing_column",
        "dataclass_metadata",
    ))

    def __init__(self, *args, **kw):
        self.args = args
        self.kw = kw
        self.sort_order = kw.get("sort_order", 0) or 0

    def parts(self):
        """Splits the arguments into name, type and schema items."""
        args = list(self.args)
        name = self.kw.get("name", self.kw.get("__name_pos"))
        type_ = self.kw.get("type_")
        if args and isinstance(args[0], str):
            name = args.pop(0)
        if args and (args[0] is None or _is_type(args[0])):
            type_ = args.pop(0)
        return name, type_, [_copy(item) for item in args]

    def column_keywords(self, dataclass):
        kw = {key: value for key, value in self.kw.items()
              if key not in self.ONLY_ORM and key not in ("name", "__name_pos", "type_")}
        if dataclass:
            kw.pop("default", None)
        if "insert_default" in self.kw:
            kw["default"] = self.kw["insert_default"]
        return kw


def mapped_column(*args, **kw):
    return MappedColumn(*args, **kw)


def relationship(*args, **kw):
    return RelationshipProperty(*args, **kw)


def backref(name, **kw):
    return (name, kw)


def dynamic_loader(*args, **kw):
    return RelationshipProperty(*args, **kw)


def column_property(*columns, **kw):
    return ColumnProperty(*columns, **kw)


def deferred(column, *columns, **kw):
    return ColumnProperty(column, *columns, **kw)


def query_expression(*args, **kw):
    return _Property(*args, **kw)


def synonym(*args, **kw):
    return _Property(*args, **kw)


def composite(*args, **kw):
    raise NotImplementedError("sqlalchemy.orm.composite() is not provided by Limbeck yet")


class declared_attr:
    """A method of a mixin or model that gives an attribute for each class."""

    def __init__(self, function=None, cascading=False):
        self.function = function.__func__ if isinstance(function, classmethod) else function
        self.is_cascading = cascading

    def __get__(self, instance, owner):
        cached = owner.__dict__.get("__declared__")
        if cached is not None and self.function.__name__ in cached:
            return cached[self.function.__name__]
        return self.function(owner)

    @classmethod
    def directive(cls, function):
        return cls(function)

    class _Cascading:
        def __get__(self, instance, owner):
            return lambda function: owner(function, cascading=True)

    cascading = _Cascading()


def declarative_mixin(cls):
    return cls


def validates(*names, **kw):
    return lambda function: function


def reconstructor(function):
    return function


def has_inherited_table(cls):
    return any("__table__" in base.__dict__ for base in cls.__mro__[1:])


def _is_type(value):
    engine = _sa.types.TypeEngine
    return isinstance(value, engine) or (isinstance(value, type) and issubclass(value, engine))


def _copy(item):
    copy = getattr(item, "_copy", None)
    return copy() if copy is not None else item


_TYPES = {
    ("builtins", "str"): "String",
    ("builtins", "int"): "Integer",
    ("builtins", "bool"): "Boolean",
    ("builtins", "float"): "Double",
    ("builtins", "bytes"): "LargeBinary",
    ("decimal", "Decimal"): "Numeric",
    ("_decimal", "Decimal"): "Numeric",
    ("_pydecimal", "Decimal"): "Numeric",
    ("datetime", "date"): "Date",
    ("datetime", "datetime"): "DateTime",
    ("datetime", "time"): "Time",
    ("datetime", "timedelta"): "Interval",
    ("uuid", "UUID"): "Uuid",
}


def _is_union(annotation):
    if type(annotation).__name__ in ("UnionType", "Union", "_UnionGenericAlias"):
        return True
    return getattr(getattr(annotation, "__origin__", None), "__name__", "") == "Union"


def _is_none(annotation):
    return annotation is None or annotation is type(None)


class _Namespace(dict):
    """Names for evaluating annotations given as strings: those of the module, the class, and of typing."""

    def __init__(self, cls):
        module = sys.modules.get(cls.__module__)
        super().__init__(vars(module) if module is not None else {})
        self.update(vars(cls))

    def __missing__(self, name):
        if name in ("Optional", "Union", "List", "Annotated", "Literal", "Any"):
            import typing
            return getattr(typing, name)
        builtins = sys.modules["builtins"]
        if hasattr(builtins, name):
            return getattr(builtins, name)
        raise NameError(f"name '{name}' is not defined")


def _evaluate(annotation, cls):
    """Turns a string or a forward reference into what it stands for."""
    if not isinstance(annotation, str) and hasattr(annotation, "__forward_arg__"):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        namespace = _Namespace(cls)
        namespace.setdefault("Mapped", Mapped)
        return eval(annotation, {"__builtins__": {}}, namespace)
    return annotation


def _annotations(cls):
    """Gives a class's own annotations; names that exist only for type checkers stay unresolved."""
    try:
        return dict(cls.__annotations__) if "__annotate_func__" in cls.__dict__ or "__annotations__" in cls.__dict__ else {}
    except NameError:
        import annotationlib
        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)


class _Resolved:
    """What an annotation says of a column: its type, whether it may be NULL, and a mapped_column in Annotated."""

    def __init__(self, type_, optional, column):
        self.type_ = type_
        self.optional = optional
        self.column = column


def _resolve(annotation, cls, attribute):
    annotation = _evaluate(annotation, cls)
    type_map = getattr(cls.registry, "type_annotation_map", None) or {}
    optional = False
    column = None
    while True:
        annotation = _evaluate(annotation, cls)
        found = _lookup(type_map, annotation)
        if found is not None:
            return _Resolved(found, optional, column)
        if _is_union(annotation):
            members = [member for member in annotation.__args__ if not _is_none(member)]
            optional = optional or len(members) < len(annotation.__args__)
            if len(members) != 1:
                found = None
                for member in members:
                    found = found or _lookup(type_map, member)
                return _Resolved(found, optional, column)
            annotation = members[0]
        elif hasattr(annotation, "__metadata__"):
            for item in annotation.__metadata__:
                if isinstance(item, MappedColumn):
                    column = item
            annotation = annotation.__origin__
        elif hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif hasattr(annotation, "__value__") and not isinstance(annotation, type):
            annotation = annotation.__value__
        else:
            break
    return _Resolved(_sql_type(annotation, type_map), optional, column)


def _lookup(type_map, annotation):
    try:
        found = type_map.get(annotation)
    except TypeError:
        return None
    return found


def _sql_type(annotation, type_map):
    if not isinstance(annotation, type):
        arguments = getattr(annotation, "__args__", None)
        if type(annotation).__name__ == "_LiteralGenericAlias" and arguments:
            return _sa.Enum(*arguments, native_enum=False)
        annotation = getattr(annotation, "__origin__", annotation)
    name = (getattr(annotation, "__module__", ""), getattr(annotation, "__name__", ""))
    if name in _TYPES:
        return getattr(_sa, _TYPES[name])()
    enum = sys.modules.get("enum")
    if enum is not None and isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        for base, type_ in type_map.items():
            if isinstance(base, type) and issubclass(annotation, base):
                return type_
        return _sa.Enum(annotation)
    return None


def _merged(explicit, annotated):
    """Puts the arguments of a mapped_column over those of the one in its Annotated type."""
    if annotated is None:
        return explicit
    if explicit is None:
        return annotated
    base_name, base_type, base_items = annotated.parts()
    name, type_, items = explicit.parts()
    kw = dict(annotated.kw)
    kw.update(explicit.kw)
    for key in ("name", "type_", "__name_pos"):
        kw.pop(key, None)
    merged = [part for part in (name or base_name,) if part is not None]
    merged.append(type_ if type_ is not None else base_type)
    return MappedColumn(*merged, *base_items, *items, **kw)


def _make_column(cls, attribute, declared, annotation, dataclass):
    """Makes the column of an attribute; None when the attribute is none."""
    if isinstance(declared, ColumnProperty):
        if not declared.args or not isinstance(declared.args[0], (_sa.Column, MappedColumn)):
            return None
        declared = declared.args[0]
    if isinstance(declared, _sa.Column):
        column = _copy(declared) if getattr(declared, "table", None) is not None else declared
        if column.name is None:
            column.name = attribute
            column.key = attribute
        return column
    resolved = None
    if annotation is not None:
        explicit_type = declared is not None and declared.parts()[1] is not None
        try:
            resolved = _resolve(annotation.item, cls, attribute)
        except NameError:
            if not explicit_type:
                raise
    mapped = _merged(declared, resolved.column if resolved else None) or MappedColumn()
    name, type_, items = mapped.parts()
    kw = mapped.column_keywords(dataclass)
    if resolved is not None:
        if type_ is None and not any(isinstance(item, _sa.ForeignKey) for item in items) and resolved.type_ is None:
            raise _sa.exc.ArgumentError(
                f"Could not locate SQLAlchemy Core type for Python type {annotation.item} inside the "
                f"{attribute!r} attribute Mapped annotation"
            )
        if type_ is None:
            type_ = resolved.type_
        if "nullable" not in kw and not kw.get("primary_key"):
            kw["nullable"] = resolved.optional
    arguments = [name or attribute]
    if type_ is not None:
        arguments.append(type_)
    return _sa.Column(*arguments, *items, **kw)


def _merge_names(names, annotated):
    """Orders attributes as they are written: assigned ones and those that are only annotated."""
    both = [name for name in annotated if name in names]
    merged, rest_names, rest_annotated = [], list(names), list(annotated)
    for name in both:
        if name not in rest_names or name not in rest_annotated:
            continue
        position = rest_annotated.index(name)
        merged += rest_annotated[:position]
        rest_annotated = rest_annotated[position + 1:]
        position = rest_names.index(name)
        merged += rest_names[:position]
        rest_names = rest_names[position + 1:]
        merged.append(name)
    merged += rest_annotated + rest_names
    seen = set()
    return [name for name in merged if not (name in seen or seen.add(name))]


def _is_mapped(cls):
    return "__table__" in cls.__dict__


def _declarations(cls, source, own):
    """Yields attribute, value and annotation of what `source`, the class itself or a mixin, declares."""
    annotations = {}
    for name, annotation in _annotations(source).items():
        if isinstance(annotation, str):
            text = annotation.strip()
            if not any(text.startswith(prefix) or f".{prefix}" in text.split("[")[0] + "["
                       for prefix in ("Mapped[", "DynamicMapped[", "WriteOnlyMapped[")):
                continue
            value = source.__dict__.get(name)
            if isinstance(value, _Property) and not isinstance(value, ColumnProperty):
                continue
            annotation = _Annotation(text[text.index("[") + 1:text.rindex("]")], Mapped)
        if isinstance(annotation, _Annotation):
            annotations[name] = annotation
    for name in _merge_names(list(source.__dict__), list(annotations)):
        if name.startswith("__") and name.endswith("__"):
            continue
        value = source.__dict__.get(name)
        annotation = annotations.get(name)
        if isinstance(value, declared_attr):
            value = value.function(cls)
            declared = cls.__dict__.get("__declared__")
            if declared is not None:
                declared[name] = value
            annotation = None
        yield name, value, annotation


def _class_argument(cls, name):
    """Finds `__tablename__` and its kin on the class, its mixins and abstract bases; a mapped base ends the search."""
    for base in cls.__mro__:
        if base is not cls and _is_mapped(base):
            return None
        if name in base.__dict__:
            value = base.__dict__[name]
            if isinstance(value, declared_attr):
                return value.function(cls)
            if isinstance(value, (classmethod, property)):
                return getattr(cls, name)
            return value
    return None


def _map(cls):
    """Makes the table of a model class."""
    if cls.__dict__.get("__abstract__", False):
        return
    cls.__declared__ = {}
    mapped_base = next((base for base in cls.__mro__[1:] if _is_mapped(base)), None)
    table = cls.__dict__.get("__table__")
    tablename = _class_argument(cls, "__tablename__")
    dataclass = any(base is MappedAsDataclass for base in cls.__mro__)
    columns, seen = [], set()
    for source in cls.__mro__:
        if source is not cls and (_is_mapped(source) or source in (object, DeclarativeBase, MappedAsDataclass)):
            if _is_mapped(source):
                break
            continue
        for name, value, annotation in _declarations(cls, source, source is cls):
            if name in seen or name in ("metadata", "registry", "type_annotation_map"):
                continue
            if isinstance(value, (MappedColumn, _sa.Column, ColumnProperty)) or (annotation is not None and value is None):
                seen.add(name)
                if source is not cls and isinstance(value, _sa.Column):
                    value = _copy(value)
                column = _make_column(cls, name, value, annotation, dataclass)
                if column is not None:
                    columns.append((getattr(value, "sort_order", 0), name, column))
            elif value is not None:
                seen.add(name)
                if annotation is not None and not isinstance(value, _Property):
                    column = _make_column(cls, name, MappedColumn(default=value), annotation, dataclass)
                    columns.append((0, name, column))
    columns.sort(key=lambda entry: entry[0])
    if table is None and tablename is None:
        if mapped_base is None:
            raise _sa.exc.InvalidRequestError(
                f"Class {cls} does not have a __table__ or __tablename__ specified and does not inherit from an "
                "existing table-mapped class."
            )
        table = mapped_base.__table__
        for _, name, column in columns:
            if column.name not in table.c:
                table.append_column(column)
    elif table is None:
        arguments = _class_argument(cls, "__table_args__")
        items, kw = (), {}
        if isinstance(arguments, dict):
            kw = arguments
        elif arguments:
            items = tuple(arguments)
            if isinstance(items[-1], dict):
                items, kw = items[:-1], items[-1]
        table = _sa.Table(tablename, cls.metadata, *(column for _, _, column in columns), *items, **kw)
    cls.__table__ = table
    for _, name, column in columns:
        setattr(cls, name, table.c[column.key])
    cls.registry._classes[cls.__name__] = cls


class registry:
    """Holds the classes of a family of models, their metadata and type map."""

    def __init__(self, *, metadata=None, class_registry=None, type_annotation_map=None, constructor=None):
        self.metadata = metadata if metadata is not None else _sa.MetaData()
        self.type_annotation_map = dict(type_annotation_map or {})
        self._classes = {}

    def update_type_annotation_map(self, type_annotation_map):
        self.type_annotation_map.update(type_annotation_map)

    def generate_base(self, mapper=None, cls=object, name="Base", metaclass=None):
        bases = cls if isinstance(cls, tuple) else (cls,)
        base = type(name, bases, {"__abstract__": True, "registry": self, "metadata": self.metadata,
                                  "__init_subclass__": classmethod(_init_subclass), "__init__": _constructor})
        return base

    def mapped(self, cls):
        cls.registry = self
        if "metadata" not in cls.__dict__:
            cls.metadata = self.metadata
        _map(cls)
        return cls

    def as_declarative_base(self, **kw):
        return lambda cls: self.generate_base(cls=cls, name=cls.__name__, **kw)

    def mapped_as_dataclass(self, cls=None, **kw):
        return self.mapped if cls is None else self.mapped(cls)

    def map_imperatively(self, cls, table=None, **kw):
        cls.__table__ = table
        self._classes[cls.__name__] = cls

    def configure(self, cascade=False):
        pass


def _init_subclass(cls, **kw):
    _map(cls)


def _constructor(self, **kw):
    for key, value in kw.items():
        if not hasattr(type(self), key):
            raise TypeError(f"{key!r} is an invalid keyword argument for {type(self).__name__}")
        setattr(self, key, value)


class DeclarativeBase:
    """The base of a family of models."""

    def __init_subclass__(cls, **kw):
        if DeclarativeBase in cls.__bases__:
            own = cls.__dict__.get("registry")
            if own is None:
                own = registry(metadata=cls.__dict__.get("metadata"))
                type_map = cls.__dict__.get("type_annotation_map")
                if type_map:
                    own.update_type_annotation_map(type_map)
                cls.registry = own
            cls.metadata = cls.__dict__.get("metadata", own.metadata)
            return
        _map(cls)

    __init__ = _constructor


class DeclarativeBaseNoMeta(DeclarativeBase):
    """As DeclarativeBase; the reference's has no metaclass."""


class MappedAsDataclass:
    """A mixin for models that are dataclasses; what they are constructed with does not matter for their tables."""

    def __init_subclass__(cls, init=None, repr=None, eq=None, order=None, unsafe_hash=None, match_args=None,
                          kw_only=None, dataclass_callable=None, **kw):
        super().__init_subclass__(**kw)


def declarative_base(*, metadata=None, mapper=None, cls=object, name="Base", class_registry=None,
                     type_annotation_map=None, constructor=None, metaclass=None):
    return registry(metadata=metadata, type_annotation_map=type_annotation_map).generate_base(cls=cls, name=name)


def as_declarative(**kw):
    def decorate(cls):
        return registry(metadata=kw.get("metadata")).generate_base(cls=cls, name=cls.__name__)
    return decorate


def configure_mappers():
    pass


def clear_mappers():
    pass


class _NotProvided:
    """A class of the reference that works with rows; it can be named and set up, not used."""

    name = ""

    def __init__(self, *args, **kw):
        pass

    def __class_getitem__(cls, item):
        return cls

    def _refuse(self, *args, **kw):
        raise NotImplementedError(f"sqlalchemy.orm.{type(self).__name__} is not provided by Limbeck yet")

    __call__ = _refuse
    __enter__ = _refuse

    def __exit__(self, *error):
        return None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()


class Session(_NotProvided):
    """A session."""


class sessionmaker(_NotProvided):
    """A factory of sessions."""


class scoped_session(_NotProvided):
    """A session for each thread."""


class Query(_NotProvided):
    """A query of a session."""


class Mapper(_NotProvided):
    """A mapper."""


class InstrumentedAttribute:
    """Named in annotations only: attributes of models are their columns."""


QueryableAttribute = InstrumentedAttribute


class MapperEvents(_NotProvided):
    """Events of mappers."""


def _option(name):
    def refuse(*args, **kw):
        raise NotImplementedError(f"sqlalchemy.orm.{name}() is not provided by Limbeck yet")
    refuse.__name__ = name
    return refuse


for _name in ("aliased", "joinedload", "selectinload", "subqueryload", "lazyload", "noload", "raiseload", "load_only",
              "defer", "undefer", "contains_eager", "object_session", "make_transient", "with_polymorphic",
              "foreign", "remote", "class_mapper", "object_mapper", "attributes", "with_loader_criteria"):
    globals()[_name] = _option(_name)
foreign = remote = lambda expression: expression
