"""What pydantic's validation is made of: its errors, secrets, constraints, and functions that validate."""

import contextlib
import re


_versions = [False]


def is_first_version():
    """Tells whether the rules of pydantic's first version hold at the moment."""
    return _versions[-1]


@contextlib.contextmanager
def first_version(is_first):
    """Validates by the rules of pydantic's first version for a while."""
    _versions.append(is_first or _versions[-1])
    try:
        yield
    finally:
        _versions.pop()


class Wrong(Exception):
    """A value that cannot be had: a list of errors, each with kind, message, place and input."""

    def __init__(self, errors):
        self.errors = errors

    def below(self, place):
        return Wrong([(kind, message, (place, *where), given) for kind, message, where, given in self.errors])


def wrong(kind, message, given):
    return Wrong([(kind, message, (), given)])


class ValidationError(ValueError):
    def __init__(self, title, errors):
        self.title = title
        self._errors = errors
        super().__init__(self._text())

    def errors(self, **_options):
        return [
            {"type": kind, "loc": where, "msg": message, "input": given} for kind, message, where, given in self._errors
        ]

    def error_count(self):
        return len(self._errors)

    def _text(self):
        count = len(self._errors)
        lines = [f"{count} validation error{'s' if count != 1 else ''} for {self.title}"]
        for kind, message, where, given in self._errors:
            if where:
                lines.append(".".join(map(str, where)))
            lines.append(f"  {message} [type={kind}, input_value={given!r}, input_type={type(given).__name__}]")
        return "\n".join(lines)

    def __str__(self):
        return self._text()


ValidationError.__module__ = "pydantic_core._pydantic_core"


def not_provided(what):
    return NotImplementedError(f"Limbeck does not provide {what} of pydantic yet")


class Secret:
    def __init__(self, secret_value):
        self._secret_value = secret_value

    def get_secret_value(self):
        return self._secret_value

    def __eq__(self, other):
        return type(self) is type(other) and self._secret_value == other._secret_value

    def __hash__(self):
        return hash(self._secret_value)

    def __len__(self):
        return len(self._secret_value)

    def __str__(self):
        return "**********" if self._secret_value else ""

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"


class SecretStr(Secret):
    pass


class SecretBytes(Secret):
    def __str__(self):
        return str(b"**********") if self._secret_value else str(b"")


class Constraint:
    """What `Field(gt=...)` and its like ask for."""

    names = (
        "gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern", "strip_whitespace", "to_lower",
        "to_upper", "strict", "allow_inf_nan", "max_digits", "decimal_places", "coerce_numbers_to_str",
    )

    def __init__(self, **given):
        self.given = {name: value for name, value in given.items() if value is not None}
        for name in ("max_digits", "decimal_places"):
            if name in self.given:
                self.given["unsupported"] = name

    def before(self, value):
        given = self.given
        if "unsupported" in given:
            raise not_provided(f"the constraint '{given['unsupported']}'")
        if isinstance(value, str):
            if given.get("strip_whitespace"):
                value = value.strip()
            if given.get("to_lower"):
                value = value.lower()
            if given.get("to_upper"):
                value = value.upper()
        return value

    def after(self, value, original):
        compare = (
            ("gt", "greater_than", "greater than", lambda limit: value > limit),
            ("ge", "greater_than_equal", "greater than or equal to", lambda limit: value >= limit),
            ("lt", "less_than", "less than", lambda limit: value < limit),
            ("le", "less_than_equal", "less than or equal to", lambda limit: value <= limit),
        )
        given = self.given
        for name, kind, words, holds in compare:
            if name in given and not holds(given[name]):
                raise wrong(kind, f"Input should be {words} {given[name]}", original)
        if "multiple_of" in given and value % given["multiple_of"]:
            raise wrong("multiple_of", f"Input should be a multiple of {given['multiple_of']}", original)
        if "min_length" in given or "max_length" in given:
            plain = value.get_secret_value() if isinstance(value, Secret) else value
            is_text = isinstance(plain, str)
            length = len(plain)
            kind, what, unit = ("string", "String", "character") if is_text else ("too", type(plain).__name__.capitalize(), "item")
            least, most = given.get("min_length"), given.get("max_length")
            if least is not None and length < least:
                words = f"{what} should have at least {least} {unit}{'s' if least != 1 else ''}"
                if is_text:
                    raise wrong("string_too_short", words, original)
                raise wrong("too_short", f"{words} after validation, not {length}", original)
            if most is not None and length > most:
                words = f"{what} should have at most {most} {unit}{'s' if most != 1 else ''}"
                if is_text:
                    raise wrong("string_too_long", words, original)
                raise wrong("too_long", f"{words} after validation, not {length}", original)
        if "pattern" in given:
            pattern = given["pattern"]
            text = pattern if isinstance(pattern, str) else pattern.pattern
            if re.search(pattern, value) is None:
                raise wrong("string_pattern_mismatch", f"String should match pattern '{text}'", original)
        if given.get("allow_inf_nan") is False and isinstance(value, float) and value - value != 0:
            raise wrong("finite_number", "Input should be a finite number", original)
        return value


class FunctionValidator:
    """`BeforeValidator(...)` and its kin in `Annotated`."""

    mode = "after"

    def __init__(self, func, **_options):
        self.func = func


class BeforeValidator(FunctionValidator):
    mode = "before"


class AfterValidator(FunctionValidator):
    mode = "after"


class PlainValidator(FunctionValidator):
    mode = "plain"


class WrapValidator(FunctionValidator):
    mode = "wrap"


def called(function, given, *more):
    """Calls a function of user code that validates; what it raises is an error of the value."""
    try:
        return function(*more)
    except Wrong:
        raise
    except ValidationError as found:
        raise Wrong(found._errors) from None
    except AssertionError as found:
        raise wrong("assertion_error", f"Assertion failed, {found}", given) from None
    except ValueError as found:
        raise wrong("value_error", f"Value error, {found}", given) from None
    except TypeError as found:
        if not is_first_version():
            raise
        raise wrong("type_error", str(found), given) from None


def takes_info(function, plain):
    """Tells whether a validator wants to hear more than the value."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    count = code.co_argcount - (1 if getattr(function, "__self__", None) is not None else 0)
    return count > plain
