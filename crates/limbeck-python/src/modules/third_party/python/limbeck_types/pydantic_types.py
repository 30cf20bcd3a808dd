"""pydantic's types that stand for a value with a condition: addresses, paths, numbers of one sign."""

import re
import typing

from limbeck_types import pydantic_values as values
from limbeck_types.pydantic_rules import Constraint, not_provided, wrong

_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@((?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*)")


class EmailStr:
    @classmethod
    def limbeck_value(cls, value, _strict):
        text = values._text(value, False).strip()
        found = _EMAIL.fullmatch(text)
        if found is None:
            if not text.isascii():
                raise not_provided(f"the address {text!r}, which is not of ASCII,")
            raise wrong("value_error", "value is not a valid email address", value)
        return text[: found.start(1)] + found.group(1).lower()


class FilePath:
    @classmethod
    def limbeck_value(cls, value, strict):
        path = values._path(value, strict)
        if not path.is_file():
            raise wrong("path_not_file", "Path does not point to a file", value)
        return path


class DirectoryPath:
    @classmethod
    def limbeck_value(cls, value, strict):
        path = values._path(value, strict)
        if not path.is_dir():
            raise wrong("path_not_directory", "Path does not point to a directory", value)
        return path


class _Strict:
    pass


def _strict(name, base):
    def limbeck_value(cls, value, _strictly):
        return values.of(base, value, True)

    return type(name, (_Strict,), {"limbeck_value": classmethod(limbeck_value), "base": base})


StrictStr, StrictInt, StrictBool, StrictFloat, StrictBytes = (
    _strict(f"Strict{base.__name__.capitalize()}", base) for base in (str, int, bool, float, bytes)
)
PositiveInt = typing.Annotated[int, Constraint(gt=0)]
NonNegativeInt = typing.Annotated[int, Constraint(ge=0)]
NegativeInt = typing.Annotated[int, Constraint(lt=0)]
NonPositiveInt = typing.Annotated[int, Constraint(le=0)]
PositiveFloat = typing.Annotated[float, Constraint(gt=0)]
NonNegativeFloat = typing.Annotated[float, Constraint(ge=0)]
NegativeFloat = typing.Annotated[float, Constraint(lt=0)]
NonPositiveFloat = typing.Annotated[float, Constraint(le=0)]
FiniteFloat = typing.Annotated[float, Constraint(allow_inf_nan=False)]


def constr(**given):
    return typing.Annotated[str, Constraint(**given)]


def conint(**given):
    return typing.Annotated[int, Constraint(**given)]


def confloat(**given):
    return typing.Annotated[float, Constraint(**given)]


def conlist(item_type, **given):
    return typing.Annotated[list[item_type], Constraint(**given)]


class TypeAdapter:
    def __init__(self, type, **_options):
        self._type = type

    def validate_python(self, object, **_options):
        return values.coerced(self._type, object)

    def validate_json(self, data, **_options):
        import json

        return values.coerced(self._type, json.loads(data))
