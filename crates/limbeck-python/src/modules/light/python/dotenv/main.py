"""How `.env` files are found, read and put into the environment."""

import os
import re
import sys

_SPACE = re.compile(r"[^\S\r\n]*")
_ALL_SPACE = re.compile(r"\s*")
_EXPORT = re.compile(r"(?:export[^\S\r\n]+)?")
_QUOTED_KEY = re.compile(r"'([^']+)'")
_KEY = re.compile(r"([^=\#\s]+)")
_EQUALS = re.compile(r"=[^\S\r\n]*")
_SINGLE_QUOTED = re.compile(r"'((?:\\'|[^'])*)'")
_DOUBLE_QUOTED = re.compile(r'"((?:\\"|[^"])*)"')
_UNQUOTED = re.compile(r"[^\r\n]*")
_TRAILING_COMMENT = re.compile(r"\s+#.*")
_COMMENT = re.compile(r"(?:[^\S\r\n]*#[^\r\n]*)?")
_LINE_END = re.compile(r"[^\S\r\n]*(?:\r\n|\n|\r|$)")
_REST_OF_LINE = re.compile(r"[^\r\n]*(?:\r|\n|\r\n)?")
_SINGLE_ESCAPES = re.compile(r"\\[\\']")
_DOUBLE_ESCAPES = re.compile(r"\\[\\'\"abfnrtv]")
_VARIABLE = re.compile(r"\$\{(?P<name>[^\}:]*)(?::-(?P<default>[^\}]*))?\}")
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class _Unreadable(Exception):
    """The text at this place is no statement."""


class _Text:
    def __init__(self, text):
        self.text = text
        self.place = 0

    def take(self, pattern, must=True):
        found = pattern.match(self.text, self.place)
        if found is None:
            if must:
                raise _Unreadable
            return None
        self.place = found.end()
        return found

    def next(self):
        return self.text[self.place:self.place + 1]


def _unescaped(found):
    sign = found.group(0)[1]
    return _ESCAPED.get(sign, sign)


def _statement(text):
    """Gives name and value of the statement at this place; `None` for a line without one."""
    text.take(_EXPORT)
    if text.next() == "#":
        key = None
    else:
        key = text.take(_QUOTED_KEY if text.next() == "'" else _KEY).group(1)
    text.take(_SPACE)
    value = None
    if text.next() == "=":
        text.take(_EQUALS)
        if text.next() == "'":
            value = _SINGLE_ESCAPES.sub(_unescaped, text.take(_SINGLE_QUOTED).group(1))
        elif text.next() == '"':
            value = _DOUBLE_ESCAPES.sub(_unescaped, text.take(_DOUBLE_QUOTED).group(1))
        elif text.next() in ("", "\n", "\r"):
            value = ""
        else:
            value = _TRAILING_COMMENT.sub("", text.take(_UNQUOTED).group(0)).rstrip()
    text.take(_COMMENT)
    text.take(_LINE_END)
    return None if key is None else (key, value)


def _statements(source):
    text = _Text(source)
    while True:
        text.take(_ALL_SPACE)
        if text.place >= len(source):
            return
        start = text.place
        try:
            found = _statement(text)
        except _Unreadable:
            import logging

            line = source.count("\n", 0, start) + 1
            logging.getLogger("dotenv.main").warning("python-dotenv could not parse statement starting at line %s", line)
            text.take(_REST_OF_LINE)
            continue
        if found is not None:
            yield found


def _interpolated(statements, override):
    values = {}
    for name, value in statements:
        if value is not None:
            known = {**os.environ, **values} if override else {**values, **os.environ}

            def filled(found):
                given = known.get(found.group("name"), found.group("default") or "")
                return given if given is not None else ""

            value = _VARIABLE.sub(filled, value)
        values[name] = value
    return values


def _read(path, stream, verbose, override, interpolate, encoding):
    from collections import OrderedDict

    if stream is not None:
        source = stream.read()
    elif path and os.path.exists(path) and not os.path.isdir(path):
        with open(path, encoding=encoding) as file:
            source = file.read()
    else:
        if verbose:
            import logging

            logging.getLogger("dotenv.main").info(
                "python-dotenv could not find configuration file %s.", path or ".env"
            )
        source = ""
    statements = list(_statements(source))
    return OrderedDict(_interpolated(statements, override) if interpolate else statements)


def find_dotenv(filename=".env", raise_error_if_not_found=False, usecwd=False):
    if usecwd:
        directory = os.getcwd()
    else:
        frame = sys._getframe()
        while frame.f_back is not None and not os.path.isfile(frame.f_code.co_filename):
            frame = frame.f_back
        directory = os.path.dirname(os.path.abspath(frame.f_code.co_filename))
    while True:
        path = os.path.join(directory, filename)
        if os.path.isfile(path):
            return path
        parent = os.path.dirname(directory)
        if parent == directory:
            break
        directory = parent
    if raise_error_if_not_found:
        raise OSError("File not found")
    return ""


def load_dotenv(dotenv_path=None, stream=None, verbose=False, override=False, interpolate=True, encoding="utf-8"):
    if os.environ.get("PYTHON_DOTENV_DISABLED", "").casefold() in {"1", "true", "t", "yes", "y"}:
        return False
    if dotenv_path is None and stream is None:
        dotenv_path = find_dotenv()
    values = _read(dotenv_path, stream, verbose, override, interpolate, encoding)
    for name, value in values.items():
        if value is not None and (override or name not in os.environ):
            os.environ[name] = value
    return bool(values)


def dotenv_values(dotenv_path=None, stream=None, verbose=False, interpolate=True, encoding="utf-8"):
    if dotenv_path is None and stream is None:
        dotenv_path = find_dotenv()
    return _read(dotenv_path, stream, verbose, True, interpolate, encoding)


def get_key(dotenv_path, key_to_get, encoding="utf-8"):
    return _read(dotenv_path, None, True, True, True, encoding).get(key_to_get)
