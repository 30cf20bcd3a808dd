"""How pydantic makes values of types: the coercion of what it is given.

A type that is not known here fails when a value of it is wanted, by its name: a value is never left as it is.
"""

import enum
import re
import types
import typing

from limbeck_types.pydantic_rules import (
    Constraint,
    FunctionValidator,
    Secret,
    SecretStr,
    ValidationError,
    Wrong,
    called,
    is_first_version,
    not_provided,
    takes_info,
    wrong,
)

_INTEGER = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)*(?:\.0+)?")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+(?:_[0-9]+)*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:inf|infinity|nan)", re.I)
_TRUE = frozenset(("1", "on", "t", "true", "y", "yes"))
_FALSE = frozenset(("0", "off", "f", "false", "n", "no"))


def coerced(type_, value, title=None):
    """Gives a value of the type, or raises `ValidationError`."""
    try:
        return of(type_, value)
    except Wrong as found:
        raise ValidationError(title or shown(type_), found.errors) from None


def shown(type_):
    return getattr(type_, "__name__", None) or str(type_).replace("typing.", "")


def annotated(type_, metadata, value, strict=False):
    """Gives a value of a type with what `Annotated` says about it; later entries stand outside of earlier ones."""
    def inner(given):
        return of(type_, given, strict)

    for entry in metadata:
        inner = _with(entry, inner)
    return inner(value)


def _with(entry, inner):
    if isinstance(entry, Constraint):
        def constrained(given):
            if entry.given.get("strict"):
                raise not_provided("strict fields")
            if entry.given.get("coerce_numbers_to_str") and type(given) in (int, float):
                given = str(given)
            return entry.after(inner(entry.before(given)), given)

        return constrained
    if isinstance(entry, FunctionValidator):
        function, mode = entry.func, entry.mode

        def validated(given):
            if takes_info(function, 2 if mode == "wrap" else 1):
                raise not_provided(f"{type(entry).__name__} with a function that takes more than the value")
            if mode == "plain":
                return called(function, given, given)
            if mode == "before":
                return inner(called(function, given, given))
            if mode == "wrap":
                return called(function, given, given, inner)
            return called(function, given, inner(given))

        return validated
    metadata_of = getattr(entry, "limbeck_metadata", None)
    if metadata_of is not None:
        for part in metadata_of:
            inner = _with(part, inner)
        return inner
    if hasattr(entry, "__get_pydantic_core_schema__"):
        def refused(_given):
            raise not_provided(f"types with a schema of their own ({type(entry).__name__})")

        return refused
    return inner


def _text(value, strict):
    if isinstance(value, enum.Enum) and isinstance(value.value, str) and not (strict and not isinstance(value, str)):
        return value.value
    if isinstance(value, str):
        return str(value)
    if is_first_version() and type(value) in (int, float, bool):
        return str(value)
    if isinstance(value, (bytes, bytearray)) and not strict:
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            raise wrong("string_unicode", "Input should be a valid string, unable to parse raw data as a unicode string", value) from None
    raise wrong("string_type", "Input should be a valid string", value)


def _plain(value):
    """Gives what an enumeration's member of text or bytes stands for."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode(errors="replace")
    return value


def _integer(value, strict):
    from decimal import Decimal

    if isinstance(value, bool):
        if strict:
            raise wrong("int_type", "Input should be a valid integer", value)
        return int(value)
    if isinstance(value, int):
        return int(value)
    if not strict:
        if isinstance(value, (str, bytes)):
            text = _plain(value).strip()
            if _INTEGER.fullmatch(text):
                return int(text.partition(".")[0])
            raise wrong("int_parsing", "Input should be a valid integer, unable to parse string as an integer", value)
        if isinstance(value, (float, Decimal)):
            if value - value != 0:
                raise wrong("finite_number", "Input should be a finite number", value)
            if value == int(value):
                return int(value)
            raise wrong("int_from_float", "Input should be a valid integer, got a number with a fractional part", value)
        if isinstance(value, enum.Enum) and type(value.value) is int:
            return value.value
    raise wrong("int_type", "Input should be a valid integer", value)


def _float(value, strict):
    from decimal import Decimal

    if isinstance(value, float):
        return float(value)
    if isinstance(value, int) and not (strict and isinstance(value, bool)):
        return float(value)
    if not strict:
        if isinstance(value, (str, bytes)):
            text = _plain(value).strip()
            if _FLOAT.fullmatch(text):
                return float(text)
            raise wrong("float_parsing", "Input should be a valid number, unable to parse string as a number", value)
        if isinstance(value, Decimal):
            return float(value)
        if isinstance(value, enum.Enum) and type(value.value) in (int, float):
            return float(value.value)
    raise wrong("float_type", "Input should be a valid number", value)


def _boolean(value, strict):
    if isinstance(value, bool):
        return value
    if not strict:
        text = _plain(value)
        if isinstance(text, str):
            if text.lower() in _TRUE:
                return True
            if text.lower() in _FALSE:
                return False
            raise wrong("bool_parsing", "Input should be a valid boolean, unable to interpret input", value)
        if isinstance(value, (int, float)):
            if value in (0, 1):
                return bool(value)
            if isinstance(value, int) or value == int(value):
                raise wrong("bool_parsing", "Input should be a valid boolean, unable to interpret input", value)
    raise wrong("bool_type", "Input should be a valid boolean", value)


def _bytes(value, strict):
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str) and not strict:
        return value.encode()
    raise wrong("bytes_type", "Input should be a valid bytes", value)


def _decimal(value, strict):
    from decimal import Decimal, InvalidOperation

    if isinstance(value, Decimal):
        return value
    if not isinstance(value, bool) and isinstance(value, (int, float, str)) and not strict:
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            raise wrong("decimal_parsing", "Input should be a valid decimal", value) from None
        if number.is_finite():
            return number
        raise wrong("finite_number", "Input should be a finite number", value)
    raise wrong("decimal_type", "Decimal input should be an integer, float, string or Decimal object", value)


def _uuid(value, strict):
    import uuid

    if isinstance(value, uuid.UUID):
        return value
    if isinstance(value, str) and not strict:
        try:
            return uuid.UUID(value)
        except ValueError:
            raise wrong("uuid_parsing", "Input should be a valid UUID", value) from None
    raise wrong("uuid_type", "UUID input should be a string, bytes or UUID object", value)


def _path(value, _strict):
    import pathlib

    if isinstance(value, (str, pathlib.PurePath)) and not (isinstance(value, enum.Enum) and not isinstance(value, str)):
        return pathlib.Path(value.value if isinstance(value, enum.Enum) else value)
    raise wrong("path_type", "Input is not a valid path", value)


def _moment(kind, value):
    import datetime

    type_ = getattr(datetime, kind)
    if type(value) is type_:
        return value
    if isinstance(value, str):
        form = {"date": r"\d{4}-\d\d-\d\d", "datetime": r"\d{4}-\d\d-\d\d[Tt _]\d\d:\d\d.*", "time": r"\d\d:\d\d.*"}[kind]
        text = value.strip()
        if not re.fullmatch(form, text):
            raise not_provided(f"a {kind} from {value!r}, which is not in the form of ISO 8601,")
        try:
            return type_.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
        except ValueError as error:
            raise wrong(f"{kind}_parsing", f"Input should be a valid {kind}, {error}", value) from None
    raise not_provided(f"a {kind} from an object of {type(value).__name__}")


def _span(value):
    import datetime

    if isinstance(value, datetime.timedelta):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.timedelta(seconds=value)
    raise not_provided(f"a timedelta from {value!r}")


def _list(value, what):
    if isinstance(value, (str, bytes, bytearray, dict)) or not hasattr(value, "__iter__"):
        raise wrong(f"{what}_type", f"Input should be a valid {what}", value)
    return list(value)


def _items(type_, values):
    found, errors = [], []
    for place, value in enumerate(values):
        try:
            found.append(of(type_, value))
        except Wrong as bad:
            errors.extend(bad.below(place).errors)
    if errors:
        raise Wrong(errors)
    return found


def _mapping(arguments, value):
    if not isinstance(value, dict):
        raise wrong("dict_type", "Input should be a valid dictionary", value)
    key_type, value_type = arguments or (typing.Any, typing.Any)
    found, errors = {}, []
    for key, item in value.items():
        try:
            made = of(key_type, key)
        except Wrong as bad:
            errors.extend(bad.below("[key]").below(key).errors)
            continue
        try:
            found[made] = of(value_type, item)
        except Wrong as bad:
            errors.extend(bad.below(key).errors)
    if errors:
        raise Wrong(errors)
    return found


def _tuple(arguments, value):
    if arguments and arguments[-1] is Ellipsis:
        return tuple(_items(arguments[0], _list(value, "tuple")))
    values = _list(value, "tuple")
    if arguments == ((),):
        arguments = ()
    errors, found = [], []
    for place, type_ in enumerate(arguments):
        if place >= len(values):
            errors.append(("missing", "Field required", (place,), value))
            continue
        try:
            found.append(of(type_, values[place]))
        except Wrong as bad:
            errors.extend(bad.below(place).errors)
    if len(values) > len(arguments) and not errors:
        count = len(arguments)
        errors.append(("too_long", f"Tuple should have at most {count} item{'s' if count != 1 else ''} after validation, not {len(values)}", (), value))
    if errors:
        raise Wrong(errors)
    return tuple(found)


def _literal(arguments, value):
    if isinstance(value, enum.Enum) and isinstance(value, str):
        value = value.value if value.value in arguments else value
    for wanted in arguments:
        if type(wanted) is type(value) and wanted == value:
            return wanted
    for wanted in arguments:
        if isinstance(wanted, enum.Enum) and (value == wanted.value):
            return wanted
    if isinstance(value, (bool, int, float)):
        for wanted in arguments:
            if wanted == value:
                return wanted
    names = [repr(wanted) for wanted in arguments]
    expected = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    raise wrong("literal_error", f"Input should be {expected}", value)


def _member(type_, value, strict):
    if isinstance(value, type_):
        return value
    for member in type_:
        if type(member.value) is type(value) and member.value == value:
            return member
    if not strict:
        makers = {int: _integer, float: _float, str: _text}
        kind = next((base for base in makers if issubclass(type_, base)), None)
        try:
            made = makers[kind](value, False) if kind is not None else value
            return type_(made)
        except (Wrong, ValueError, TypeError):
            pass
    names = [repr(member.value) for member in type_]
    expected = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    raise wrong("enum", f"Input should be {expected}", value)


def _union(arguments, value):
    """Gives the value as the type that it already is, else as the first that takes it."""
    strictly = []
    for type_ in () if is_first_version() else arguments:
        if _is_exactly(type_, value):
            try:
                return of(type_, value)
            except Wrong:
                pass
    for type_ in () if is_first_version() else arguments:
        try:
            return of(type_, value, True)
        except (Wrong, NotImplementedError):
            pass
    errors = []
    left = [type_ for type_ in arguments if type_ is not types.NoneType]
    for type_ in left:
        try:
            return of(type_, value)
        except Wrong as bad:
            strictly.append(type_)
            errors.extend(bad.below(shown(type_)).errors if len(left) > 1 else bad.errors)
    raise Wrong(errors)


def _is_exactly(type_, value):
    origin = typing.get_origin(type_) or type_
    if origin is typing.Annotated:
        return _is_exactly(typing.get_args(type_)[0], value)
    return type(value) is origin


_SIMPLE = {
    str: _text,
    int: _integer,
    float: _float,
    bool: _boolean,
    bytes: _bytes,
}
_BY_NAME = {
    "decimal.Decimal": _decimal,
    "_decimal.Decimal": _decimal,
    "_pydecimal.Decimal": _decimal,
    "uuid.UUID": _uuid,
    "datetime.date": lambda value, _strict: _moment("date", value),
    "datetime.datetime": lambda value, _strict: _moment("datetime", value),
    "datetime.time": lambda value, _strict: _moment("time", value),
    "datetime.timedelta": lambda value, _strict: _span(value),
}
_SEQUENCES = ("Sequence", "MutableSequence", "Iterable", "Collection")
_MAPPINGS = ("Mapping", "MutableMapping")


def of(type_, value, strict=False):
    """Gives a value of the type; raises `Wrong`."""
    simple = _SIMPLE.get(type_) if isinstance(type_, type) else None
    if simple is not None:
        return simple(value, strict)
    if type_ is typing.Any or type_ is object:
        return value
    if type_ is None or type_ is types.NoneType:
        if value is None:
            return None
        raise wrong("none_required", "Input should be None", value)
    origin = typing.get_origin(type_)
    arguments = typing.get_args(type_)
    if origin is typing.Annotated or hasattr(type_, "__metadata__"):
        return annotated(arguments[0], arguments[1:], value, strict)
    if origin is typing.Union or origin is types.UnionType:
        if value is None and types.NoneType in arguments:
            return None
        return _union(arguments, value)
    if origin is typing.Literal:
        return _literal(arguments, value)
    if origin in (typing.Final, typing.Required, typing.NotRequired):
        return of(arguments[0], value, strict)
    kind = origin or type_
    if strict and kind in (list, set, frozenset, tuple) and type(value) is not kind:
        raise wrong(f"{kind.__name__}_type", f"Input should be a valid {kind.__name__}", value)
    if kind is list:
        return _items(arguments[0] if arguments else typing.Any, _list(value, "list"))
    if kind is dict:
        return _mapping(arguments, value)
    if kind in (set, frozenset):
        return kind(_items(arguments[0] if arguments else typing.Any, _list(value, "set" if kind is set else "frozen_set")))
    if kind is tuple:
        return _tuple(arguments, value) if arguments else tuple(_list(value, "tuple"))
    name = getattr(kind, "__name__", "")
    module = getattr(kind, "__module__", "")
    if module in ("collections.abc", "typing"):
        if name in _SEQUENCES:
            if isinstance(value, (list, tuple)):
                return type(value)(_items(arguments[0] if arguments else typing.Any, value))
            raise not_provided(f"a {name} from an object of {type(value).__name__}")
        if name in _MAPPINGS and isinstance(value, dict):
            return _mapping(arguments, value)
        raise not_provided(f"values of the type {shown(type_)}")
    value_type = getattr(type_, "__value__", None)
    if value_type is not None:
        return of(value_type, value, strict)
    if not isinstance(kind, type):
        if isinstance(kind, typing.NewType):
            return of(kind.__supertype__, value, strict)
        raise not_provided(f"values of the type {shown(type_)}")
    if issubclass(kind, enum.Enum):
        return _member(kind, value, strict)
    maker = _BY_NAME.get(f"{module}.{kind.__qualname__}")
    if maker is not None:
        return maker(value, strict)
    own = getattr(kind, "limbeck_value", None)
    if own is not None:
        return own(value, strict)
    return _object(kind, value, strict)


def _object(kind, value, strict):
    from limbeck_types.pydantic_urls import UrlError, _Url

    if issubclass(kind, _Url):
        if is_first_version():
            return _plain_url(kind, value)
        if strict and not isinstance(value, kind):
            raise wrong("url_type", "URL input should be a string or URL", value)
        try:
            return kind(value)
        except UrlError as error:
            raise wrong(error.kind, error.message, value) from None
    if issubclass(kind, Secret):
        if isinstance(value, kind):
            return value
        plain = _text(value, False) if issubclass(kind, SecretStr) else _bytes(value, False)
        return kind(plain)
    if kind.__module__.partition(".")[0] == "pathlib":
        return _path(value, strict)
    if hasattr(kind, "__get_pydantic_core_schema__") or hasattr(kind, "__get_validators__"):
        raise not_provided(f"types with a schema of their own ({kind.__name__})")
    if issubclass(kind, type) or not isinstance(value, kind):
        raise not_provided(f"values of the type {kind.__name__}, from an object of {type(value).__name__},")
    return value


class _PlainUrl(str):
    """A URL of pydantic's first version, which is the text itself."""


_PLAIN_URL = re.compile(r"([a-z][a-z0-9+.-]*)://(?:[^\s/@:#?]*(?::[^\s/@#?:]*)?@)?(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::[0-9]+)?(?:/[^\s#@]*)?")


def _plain_url(kind, value):
    if not isinstance(value, str):
        raise wrong("url_type", "str type expected", value)
    found = _PLAIN_URL.fullmatch(value)
    if found is None:
        raise not_provided("this form of a URL in the first version")
    if kind._schemes is not None and found.group(1) not in kind._schemes:
        raise wrong("value_error.url.scheme", "URL scheme not permitted", value)
    if kind._default_path is not None or kind._default_host is not None:
        raise not_provided(f"{kind.__name__} in the first version")
    return _PlainUrl(value)
