"""pydantic's models, as far as settings classes use them.

A class may have fields of any type: what is not known here fails when a value of it is wanted.
"""

import copy
import sys
import types
import typing
import warnings

from limbeck_types import pydantic_values as values
from limbeck_types.pydantic_fields import *  # noqa: F403
from limbeck_types.pydantic_fields import (
    AliasPath,
    ConfigDict,
    FieldInfo,
    PydanticUndefined,
    ValidationInfo,
    _ComputedProperty,
    _Decorator,
    _PrivateAttribute,
)
from limbeck_types.pydantic_rules import (  # noqa: F401
    AfterValidator,
    BeforeValidator,
    PlainValidator,
    SecretBytes,
    SecretStr,
    ValidationError,
    WrapValidator,
    Wrong,
    called,
    first_version,
    takes_info,
    wrong,
)
from limbeck_types.pydantic_types import *  # noqa: F403
from limbeck_types.pydantic_urls import *  # noqa: F403

VERSION = "2.14.3"
__version__ = VERSION


def _evaluated(annotation, cls):
    if isinstance(annotation, typing.ForwardRef):
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        return annotation
    module = sys.modules.get(cls.__module__)
    names = dict(vars(typing))
    names.update(vars(module) if module is not None else {})
    names[cls.__name__] = cls
    return eval(annotation, names, dict(vars(cls)))


def _own_annotations(cls):
    own = vars(cls)
    if not any(name in own for name in ("__annotations__", "__annotate_func__", "__annotate__", "__annotations_cache__")):
        return {}
    return dict(cls.__annotations__)


def _is_class_variable(annotation):
    text = annotation if isinstance(annotation, str) else ""
    return typing.get_origin(annotation) is typing.ClassVar or annotation is typing.ClassVar or text.startswith(
        ("ClassVar", "typing.ClassVar")
    )


class BaseModel:
    model_config = ConfigDict()
    __limbeck_fields__ = {}
    __limbeck_private__ = {}
    __limbeck_decorators__ = {}
    __limbeck_broken__ = None
    _limbeck_first = False

    def __init_subclass__(cls, **config):
        super().__init_subclass__()
        own = vars(cls)
        settings = {}
        for base in reversed(cls.__mro__[1:]):
            settings.update(vars(base).get("__limbeck_config__", {}))
        given = own.get("model_config")
        old = own.get("Config")
        if isinstance(old, type):
            settings.update((name, value) for name, value in _members(old).items())
        settings.update(given if isinstance(given, dict) else {})
        settings.update(config)
        cls.__limbeck_config__ = settings
        cls.model_config = ConfigDict(settings)
        fields, private, decorators = {}, {}, {}
        for base in reversed(cls.__mro__[1:]):
            fields.update(vars(base).get("__limbeck_own_fields__", {}))
            private.update(vars(base).get("__limbeck_own_private__", {}))
            decorators.update(vars(base).get("__limbeck_own_decorators__", {}))
        own_fields, own_private, own_decorators = {}, {}, {}
        try:
            annotations = _own_annotations(cls)
        except (NameError, ImportError, AttributeError, TypeError) as error:
            annotations = {}
            cls.__limbeck_broken__ = error
        for name, value in list(own.items()):
            if isinstance(value, _Decorator):
                own_decorators[name] = value
            elif isinstance(value, _PrivateAttribute):
                own_private[name] = value
                delattr(cls, name)
            elif isinstance(value, FieldInfo) and name not in annotations and name in fields:
                annotations[name] = fields[name].annotation
        for name, annotation in annotations.items():
            if _is_class_variable(annotation) or name in ("model_config", "Config"):
                continue
            if name.startswith("_"):
                if name in own and not name.startswith("__"):
                    own_private.setdefault(name, _PrivateAttribute(own[name]))
                    delattr(cls, name)
                else:
                    own_private.setdefault(name, _PrivateAttribute())
                continue
            default = own.get(name, PydanticUndefined)
            if isinstance(default, property):
                continue
            field = default if isinstance(default, FieldInfo) else FieldInfo(default)
            if name in own:
                delattr(cls, name)
            own_fields[name] = _completed(field, name, annotation, cls)
        cls.__limbeck_own_fields__ = own_fields
        cls.__limbeck_own_private__ = own_private
        cls.__limbeck_own_decorators__ = own_decorators
        cls.__limbeck_fields__ = {**fields, **own_fields}
        cls.__limbeck_private__ = {**private, **own_private}
        cls.__limbeck_decorators__ = {**decorators, **own_decorators}
        cls.model_fields = cls.__fields__ = dict(cls.__limbeck_fields__)
        complete = getattr(cls, "__pydantic_init_subclass__", None)
        if complete is not None:
            complete(**config)

    def __init__(self, /, **data):
        _fill(self, data)

    @classmethod
    def limbeck_value(cls, value, _strict):
        if isinstance(value, cls):
            return value
        if not isinstance(value, dict):
            raise wrong(
                "model_type", f"Input should be a valid dictionary or instance of {cls.__name__}", value
            )
        try:
            return cls.model_validate(value)
        except ValidationError as found:
            raise Wrong(found._errors) from None

    @classmethod
    def model_validate(cls, obj, **_options):
        if isinstance(obj, cls):
            return obj
        if not isinstance(obj, dict):
            raise ValidationError(
                cls.__name__,
                [("model_type", f"Input should be a valid dictionary or instance of {cls.__name__}", (), obj)],
            )
        made = cls.__new__(cls)
        _fill(made, obj)
        return made

    parse_obj = model_validate

    @classmethod
    def model_validate_json(cls, json_data, **options):
        import json

        return cls.model_validate(json.loads(json_data), **options)

    @classmethod
    def model_construct(cls, _fields_set=None, **data):
        made = cls.__new__(cls)
        found = {name: field.get_default() for name, field in cls.__limbeck_fields__.items() if not field.is_required()}
        _keep(made, {**found, **data}, set(data), None)
        return made

    @classmethod
    def model_rebuild(cls, **_options):
        return None

    def model_post_init(self, context, /):
        pass

    @property
    def model_fields_set(self):
        return self.__dict__["__limbeck_set__"]

    @property
    def model_extra(self):
        return self.__dict__["__limbeck_extra__"]

    def _limbeck_values(self):
        own = self.__dict__
        found = {name: own[name] for name in type(self).__limbeck_fields__ if name in own}
        found.update(own.get("__limbeck_extra__") or {})
        return found

    def model_dump(
        self, *, mode="python", include=None, exclude=None, by_alias=None, exclude_unset=False, exclude_none=False,
        exclude_defaults=False, **_options
    ):
        if exclude_defaults or isinstance(include, dict) or isinstance(exclude, dict):
            raise NotImplementedError("Limbeck does not provide these arguments of model_dump() yet")
        found = {}
        everything = self._limbeck_values()
        for name in dir(type(self)):
            if isinstance(getattr(type(self), name, None), _ComputedProperty):
                everything[name] = getattr(self, name)
        for name, value in everything.items():
            field = type(self).__limbeck_fields__.get(name)
            left_out = (
                (include is not None and name not in include)
                or (exclude is not None and name in exclude)
                or (exclude_unset and name not in self.model_fields_set)
                or (exclude_none and value is None)
                or (field is not None and field.exclude)
            )
            if left_out:
                continue
            key = field.alias if by_alias and field is not None and isinstance(field.alias, str) else name
            found[key] = _dumped(value, mode)
        return found

    def dict(self, **options):
        return self.model_dump(**options)

    def model_dump_json(self, **options):
        import json

        options.pop("indent", None)
        return json.dumps(self.model_dump(mode="json", **options), separators=(",", ":"), ensure_ascii=False)

    def json(self, **options):
        return self.model_dump_json(**options)

    def model_copy(self, *, update=None, deep=False):
        made = copy.copy(self) if not deep else copy.deepcopy(self)
        made.__dict__.update(update or {})
        return made

    copy = model_copy

    def __copy__(self):
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __setattr__(self, name, value):
        cls = type(self)
        if isinstance(getattr(cls, name, None), property) or name.startswith("_"):
            object.__setattr__(self, name, value)
            return
        field = cls.__limbeck_fields__.get(name)
        config = cls.__limbeck_config__
        if config.get("frozen") or config.get("allow_mutation") is False:
            raise ValidationError(cls.__name__, [("frozen_instance", "Instance is frozen", (name,), value)])
        if field is None:
            if config.get("extra") != "allow":
                raise ValueError(f'"{cls.__name__}" object has no field "{name}"')
            self.__dict__["__limbeck_extra__"][name] = value
        elif field.frozen:
            raise ValidationError(cls.__name__, [("frozen_field", "Field is frozen", (name,), value)])
        elif config.get("validate_assignment"):
            try:
                value = _field_value(cls, field, value, self.__dict__)
            except Wrong as bad:
                raise ValidationError(cls.__name__, bad.below(name).errors) from None
        if field is not None:
            self.__dict__[name] = value
            self.model_fields_set.add(name)

    def __getattr__(self, name):
        extra = self.__dict__.get("__limbeck_extra__")
        if extra and name in extra:
            return extra[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __iter__(self):
        return iter(self._limbeck_values().items())

    def __eq__(self, other):
        return type(self) is type(other) and self._limbeck_values() == other._limbeck_values()

    def __hash__(self):
        if type(self).__limbeck_config__.get("frozen"):
            return hash(tuple(self._limbeck_values().values()))
        raise TypeError(f"unhashable type: '{type(self).__name__}'")

    def _limbeck_shown(self):
        shown = [f"{name}={value!r}" for name, value in self._limbeck_values().items()]
        for name in dir(type(self)):
            if isinstance(getattr(type(self), name, None), _ComputedProperty):
                shown.append(f"{name}={getattr(self, name)!r}")
        return shown

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(self._limbeck_shown())})"

    def __str__(self):
        return " ".join(self._limbeck_shown())


BaseModel.__limbeck_config__ = {}


def _members(config):
    found = {}
    for base in reversed(config.__mro__[:-1]):
        found.update((name, value) for name, value in vars(base).items() if not name.startswith("__"))
    return found


def _completed(field, name, annotation, cls):
    """Gives the field of a class with what its annotation says."""
    try:
        annotation = _evaluated(annotation, cls)
    except Exception as error:
        cls.__limbeck_broken__ = error
    if typing.get_origin(annotation) is typing.Annotated:
        parts = typing.get_args(annotation)
        for part in parts[1:]:
            if isinstance(part, FieldInfo):
                if field.is_required() and not field.is_required_by_dots:
                    field.default, field.default_factory = part.default, part.default_factory
                field.alias = field.alias or part.alias
                field.validation_alias = field.validation_alias or part.validation_alias
                field.validate_default = field.validate_default or part.validate_default
                field.frozen = field.frozen or part.frozen
                field.extra = {**part.extra, **field.extra}
        field.metadata = list(parts[1:])
        annotation = parts[0]
    field.metadata = [*field.metadata, *field.limbeck_metadata]
    field.annotation = annotation
    field.name = name
    is_optional = type(None) in typing.get_args(annotation)
    if cls._limbeck_first and is_optional and field.is_required() and not field.is_required_by_dots:
        field.default = None
    if cls._limbeck_first and field.default is None and not is_optional:
        field.annotation = typing.Optional[annotation]
    return field


def _dumped(value, mode):
    if isinstance(value, BaseModel):
        return value.model_dump(mode=mode)
    if isinstance(value, dict):
        return {key: _dumped(item, mode) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [_dumped(item, mode) for item in value]
        return items if mode == "json" else type(value)(items)
    if mode != "json" or value is None or isinstance(value, (str, int, float, bool)):
        return value
    import enum

    return value.value if isinstance(value, enum.Enum) else str(value)


def _called_for(cls, decorator, *given):
    function = decorator.function
    if isinstance(function, (classmethod, staticmethod)):
        return function.__get__(None, cls)
    return types.MethodType(function, cls)


def _field_value(cls, field, value, data, by_default=False):
    """Gives the value of a field: through its type, and the functions of the class that validate it."""
    def inner(given):
        return values.annotated(field.annotation, field.metadata, given)

    info = ValidationInfo(dict(data), field.name, cls.model_config)
    for decorator in cls.__limbeck_decorators__.values():
        if field.name in decorator.fields or "*" in decorator.fields:
            inner = _decorated(cls, decorator, inner, info)
    return inner(value)


def _decorated(cls, decorator, inner, info):
    if decorator.kind == "refused":
        raise NotImplementedError(f"Limbeck does not provide {decorator.mode} of pydantic yet")
    function = _called_for(cls, decorator)
    mode = decorator.mode
    takes = function.__func__ if isinstance(function, types.MethodType) else function

    def call(given, *more):
        if decorator.kind == "first":
            return called(_with_old_arguments, given, function, takes, given, info)
        if takes_info(function, 1 + len(more)):
            more = (*more, info)
        return called(function, given, given, *more)

    if mode == "before":
        return lambda given: inner(call(given))
    if mode == "plain":
        return call
    if mode == "wrap":
        return lambda given: call(given, inner)
    return lambda given: call(inner(given))


def _with_old_arguments(function, takes, given, info):
    code = takes.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount][2:]
    wanted = {"values": info.data, "config": info.config, "field": None}
    if "field" in names:
        raise NotImplementedError("Limbeck does not provide validators with the argument 'field' of pydantic yet")
    if code.co_flags & 0x08:
        names = ("values", "config")
    return function(given, **{name: wanted[name] for name in names if name in wanted})


def _keep(model, found, given, extra):
    own = model.__dict__
    own.clear()
    own.update(found)
    own["__limbeck_set__"] = set(given)
    own["__limbeck_extra__"] = extra
    for name, private in type(model).__limbeck_private__.items():
        value = private.get()
        if value is not PydanticUndefined:
            own[name] = value


def _fill(model, data):
    cls = type(model)
    try:
        with first_version(cls._limbeck_first):
            _fill_with(model, cls, data)
    except Wrong as bad:
        raise ValidationError(cls.__name__, bad.errors) from None


def _fill_with(model, cls, data):
    if cls.__limbeck_broken__ is not None:
        error = cls.__limbeck_broken__
        raise TypeError(f"the annotations of '{cls.__name__}' cannot be read: {error}") from error
    around = []
    for decorator in reversed(cls.__limbeck_decorators__.values()):
        if decorator.kind in ("model", "root") and decorator.mode == "before":
            function = _called_for(cls, decorator)
            data = called(function, data, data, *_info(function, cls))
        elif decorator.kind == "model" and decorator.mode == "wrap":
            around.append(decorator)
    if around:
        raise NotImplementedError('Limbeck does not provide model_validator(mode="wrap") of pydantic yet')
    if isinstance(data, cls):
        model.__dict__.update(data.__dict__)
        return
    if not isinstance(data, dict):
        raise wrong("model_type", f"Input should be a valid dictionary or instance of {cls.__name__}", data)
    config = cls.__limbeck_config__
    by_name = any(config.get(key) for key in ("populate_by_name", "validate_by_name", "allow_population_by_field_name"))
    found, errors, given, used = {}, [], set(), set()
    for name, field in cls.__limbeck_fields__.items():
        keys = field.names(by_name)
        key, value = _look_up(keys, data)
        used.update(key for key in keys if isinstance(key, str))
        used.update(key.path[0] for key in keys if isinstance(key, AliasPath))
        place = key if isinstance(key, str) else name
        is_default = value is PydanticUndefined
        if is_default:
            if field.is_required():
                first = keys[0]
                places = (first,) if isinstance(first, str) else tuple(first.path)
                errors.append(("missing", "Field required", places, data))
                continue
            value = field.get_default(found)
            checks = field.validate_default
            if checks is None:
                checks = config.get("validate_default", config.get("validate_all", False))
            always = any(
                decorator.always and name in decorator.fields for decorator in cls.__limbeck_decorators__.values()
            )
            if not (checks or always):
                found[name] = value
                continue
        else:
            given.add(name)
        try:
            found[name] = _field_value(cls, field, value, found)
        except Wrong as bad:
            errors.extend(bad.below(place).errors)
    extra = {} if config.get("extra") == "allow" else None
    for key, value in data.items():
        if key in used:
            continue
        if extra is not None:
            extra[key] = value
        elif str(getattr(config.get("extra"), "value", config.get("extra"))) == "forbid":
            errors.append(("extra_forbidden", "Extra inputs are not permitted", (key,), value))
    if errors:
        raise Wrong(errors)
    _keep(model, found, given | set(extra or ()), extra)
    model.model_post_init(None)
    for decorator in cls.__limbeck_decorators__.values():
        if decorator.mode != "after":
            continue
        if decorator.kind == "model":
            function = decorator.function
            if isinstance(function, classmethod):
                raise NotImplementedError("Limbeck does not provide class methods as model_validator(mode='after')")
            more = _info(function, cls, 1)
            made = called(function, data, model, *more)
            if made is not model:
                warnings.warn("A custom validator is returning a value other than `self`.", UserWarning, stacklevel=4)
        elif decorator.kind == "root":
            function = _called_for(cls, decorator)
            made = called(function, data, model._limbeck_values())
            model.__dict__.update(made)


def _info(function, cls, plain=1):
    return (ValidationInfo({}, None, cls.model_config),) if takes_info(function, plain) else ()


def _look_up(keys, data):
    for key in keys:
        if isinstance(key, AliasPath):
            value = data
            for step in key.path:
                try:
                    value = value[step]
                except (LookupError, TypeError):
                    break
            else:
                return key, value
        elif key in data:
            return key, data[key]
    return keys[0], PydanticUndefined


def __getattr__(name):
    if name == "BaseSettings":
        from limbeck_types.pydantic_settings import FirstSettings

        return FirstSettings
    raise AttributeError(f"module 'pydantic' has no attribute '{name}'")
