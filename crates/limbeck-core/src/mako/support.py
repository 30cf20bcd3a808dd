# What a translated template needs of Mako's runtime; the translation stands below it in one module.
import builtins as _mako_builtins


class _MakoUndefined:
    def __str__(self):
        raise NameError("Undefined")

    def __bool__(self):
        return False


# Messages show the class by the name that it has in Mako.
_MakoUndefined.__name__ = "Undefined"
UNDEFINED = _MakoUndefined()
STOP_RENDERING = ""


class _MakoMarkup(str):
    def __html__(self):
        return self


def _mako_escape(value):
    if hasattr(value, "__html__"):
        return _MakoMarkup(value.__html__())
    return _MakoMarkup(_MakoFilters.xml_escape(str(value)))


class _MakoDecode:
    def __getattr__(self, encoding):
        def decode(value):
            return str(value, encoding=encoding) if isinstance(value, bytes) else str(value)

        return decode


class _MakoFilters:
    html_escape = staticmethod(_mako_escape)
    decode = _MakoDecode()

    @staticmethod
    def xml_escape(text):
        escapes = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
        return "".join([escapes.get(letter, letter) for letter in text])

    @staticmethod
    def url_escape(text):
        from urllib.parse import quote_plus

        return quote_plus(text.encode("utf8"))

    @staticmethod
    def trim(text):
        return text.strip()

    @staticmethod
    def html_entities_escape(text):
        from html.entities import codepoint2name

        return str(text).translate({code: "&%s;" % name for code, name in codepoint2name.items()})


filters = _MakoFilters


class _MakoLoop:
    def __init__(self, iterable, parent):
        self._iterable = iterable
        self.parent = parent
        self.index = 0

    def __iter__(self):
        for item in self._iterable:
            yield item
            self.index += 1

    def __len__(self):
        return len(self._iterable)

    @property
    def reverse_index(self):
        return len(self) - self.index - 1

    @property
    def first(self):
        return self.index == 0

    @property
    def last(self):
        return self.index == len(self) - 1

    @property
    def even(self):
        return self.index % 2 == 0

    @property
    def odd(self):
        return self.index % 2 == 1

    def cycle(self, *values):
        if not values:
            raise ValueError("You must provide values to cycle through")
        return values[self.index % len(values)]


class _MakoLoops:
    def __init__(self):
        self.stack = []

    def enter(self, iterable):
        self.stack.append(_MakoLoop(iterable, self.stack[-1] if self.stack else None))
        return self.stack[-1]

    def leave(self):
        self.stack.pop()
        return self.stack[-1] if self.stack else self

    def __getattr__(self, name):
        raise RuntimeError("No loop context is established")


def _mako_comma(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return ", ".join(value)


class _MakoContext:
    def __init__(self, arguments):
        reserved = [name for name in ("context", "loop", "UNDEFINED", "STOP_RENDERING") if name in arguments]
        if reserved:
            raise NameError("Reserved words passed to render(): %s" % ", ".join(reserved))
        self.kwargs = dict(arguments)
        self._data = dict(arguments)
        self._buffers = [[]]

    def get(self, name, default=None):
        return self._data.get(name, vars(_mako_builtins).get(name, default))

    def __getitem__(self, name):
        if name in self._data:
            return self._data[name]
        return vars(_mako_builtins)[name]

    def keys(self):
        return list(self._data)

    def write(self, text):
        self._buffers[-1].append(text)

    def writer(self):
        return self._buffers[-1].append

    def push_writer(self):
        self._buffers.append([])
        return self.writer()

    def pop_text(self):
        return "".join(self._buffers.pop())


def render(arguments):
    arguments = {"comma": _mako_comma, **arguments}
    context = _MakoContext(arguments)
    _mako_render_body(context, arguments)
    return context.pop_text()


