"""pydantic's fields, and the functions that mark what a model's class does with them."""

import copy
import functools
import types

from limbeck_types.pydantic_rules import Constraint, takes_info


class _Undefined:
    def __repr__(self):
        return "PydanticUndefined"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


PydanticUndefined = _Undefined()


class ConfigDict(dict):
    pass


class AliasPath:
    def __init__(self, first_arg, *args):
        self.path = [first_arg, *args]


class AliasChoices:
    def __init__(self, first_choice, *choices):
        self.choices = [first_choice, *choices]


class FieldInfo:
    def __init__(self, default=PydanticUndefined, **given):
        self.default = PydanticUndefined if default is ... else default
        self.is_required_by_dots = default is ...
        self.default_factory = given.pop("default_factory", None)
        self.alias = given.pop("alias", None)
        self.validation_alias = given.pop("validation_alias", None) or self.alias
        self.validate_default = given.pop("validate_default", None)
        self.frozen = given.pop("frozen", None)
        self.exclude = given.pop("exclude", None)
        self.description = given.pop("description", None)
        self.title = given.pop("title", None)
        self.init = given.pop("init", None)
        if "regex" in given:
            given["pattern"] = given.pop("regex")
        for old, new in (("min_items", "min_length"), ("max_items", "max_length")):
            if old in given:
                given[new] = given.pop(old)
        constraints = {name: given.pop(name) for name in Constraint.names if name in given}
        constraint = Constraint(**constraints)
        self.limbeck_metadata = [constraint] if constraint.given else []
        self.extra = given
        self.annotation = None
        self.metadata = []
        self.name = None

    def is_required(self):
        return self.default is PydanticUndefined and self.default_factory is None

    def get_default(self, data=None):
        if self.default_factory is not None:
            if takes_info(self.default_factory, 0):
                return self.default_factory(data)
            return self.default_factory()
        return copy.deepcopy(self.default)

    def names(self, by_name):
        """Gives the keys under which data may have the field, the preferred one first."""
        alias = self.validation_alias
        if alias is None:
            return [self.name]
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
        return [*choices, *([self.name] if by_name else [])]


def Field(default=PydanticUndefined, **given):
    return FieldInfo(default, **given)


class _PrivateAttribute:
    def __init__(self, default=PydanticUndefined, default_factory=None):
        self.default = default
        self.default_factory = default_factory

    def get(self):
        return self.default_factory() if self.default_factory is not None else copy.deepcopy(self.default)


def PrivateAttr(default=PydanticUndefined, *, default_factory=None, **_options):
    return _PrivateAttribute(default, default_factory)


class ValidationInfo:
    context = None
    mode = "python"

    def __init__(self, data, field_name, config):
        self.data = data
        self.field_name = field_name
        self.config = config


FieldValidationInfo = ValidationInfo


class _Decorator:
    """A function of a class that validates, until the class is made."""

    def __init__(self, kind, function, mode, fields=(), always=False):
        self.kind = kind
        self.function = function
        self.mode = mode
        self.fields = fields
        self.always = always

    def __get__(self, instance, owner=None):
        function = self.function
        if isinstance(function, (classmethod, staticmethod)):
            return function.__get__(instance, owner)
        if self.kind == "model" and self.mode == "after":
            return function if instance is None else types.MethodType(function, instance)
        return types.MethodType(function, owner or type(instance))


def field_validator(field, /, *fields, mode="after", check_fields=None, json_schema_input_type=None):
    return lambda function: _Decorator("field", function, mode, (field, *fields))


def validator(field, /, *fields, pre=False, each_item=False, always=False, check_fields=None, allow_reuse=False):
    if each_item:
        return lambda function: _Decorator("refused", function, "validator(each_item=True)", (field, *fields))
    mode = "before" if pre else "after"
    return lambda function: _Decorator("first", function, mode, (field, *fields), always)


def model_validator(*, mode):
    return lambda function: _Decorator("model", function, mode)


def root_validator(function=None, *, pre=False, skip_on_failure=False, allow_reuse=False):
    def decorate(function):
        return _Decorator("root", function, "before" if pre else "after")

    return decorate if function is None else decorate(function)


class _ComputedProperty(property):
    pass


def computed_field(func=None, /, **_options):
    def decorate(function):
        if isinstance(function, functools.cached_property):
            return function
        if isinstance(function, property):
            return _ComputedProperty(function.fget, function.fset, function.fdel)
        return _ComputedProperty(function)

    return decorate if func is None else decorate(func)


def field_serializer(*_fields, **_options):
    return lambda function: function


def model_serializer(function=None, /, **_options):
    return function if function is not None else lambda function: function


def validate_call(function=None, /, **_options):
    raise NotImplementedError("Limbeck does not provide validate_call() of pydantic yet")
