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
        raise _MakoRuntimeError("No loop context is established")


def _mako_comma(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return ", ".join(value)


class _MakoRuntimeError(Exception):
    pass


_MakoRuntimeError.__name__ = "RuntimeException"

# The defs and blocks by name; each takes the context first.
_mako_defs = {}


class _MakoModuleAttributes:
    def __getattr__(self, name):
        try:
            return globals()[name]
        except KeyError:
            raise AttributeError(name) from None


class _MakoNamespace:
    attr = _MakoModuleAttributes()

    def __init__(self, context):
        self.context = context

    def __getattr__(self, name):
        if name in _mako_defs:
            return _mako_bound(_mako_defs[name], lambda: self.context)
        raise AttributeError("Namespace 'self' has no member '%s'" % name)


def _mako_bound(function, context):
    def call(*arguments, **keywords):
        return function(context(), *arguments, **keywords)

    return call


def _mako_decorated(decorator, function):
    def call(context, *arguments, **keywords):
        return decorator(_mako_bound(function, lambda: context))(context, *arguments, **keywords)

    return call


def _mako_decorated_inside(decorator, function, context):
    decorated = decorator(function)

    def call(*arguments, **keywords):
        return decorated(context, *arguments, **keywords)

    return call


class _MakoContext:
    def __init__(self, arguments):
        reserved = [name for name in ("context", "loop", "UNDEFINED", "STOP_RENDERING") if name in arguments]
        if reserved:
            raise NameError("Reserved words passed to render(): %s" % ", ".join(reserved))
        self.kwargs = dict(arguments)
        self._buffers = [[]]
        namespace = _MakoNamespace(self)
        self._data = {
            **arguments,
            "capture": self._capture,
            "caller": None,
            "self": namespace,
            "local": namespace,
        }

    def with_locals(self, names):
        inner = _MakoContext.__new__(_MakoContext)
        inner.__dict__.update(self.__dict__)
        inner._data = {**self._data, **names}
        return inner

    def _capture(self, callable_, *arguments, **keywords):
        if not callable(callable_):
            raise _MakoRuntimeError(
                "capture() function expects a callable as its argument (i.e. capture(func, *args, **kwargs))"
            )
        self.push_writer()
        try:
            callable_(*arguments, **keywords)
        finally:
            text = self.pop_text()
        return text

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
    _mako_render_body(context, **arguments)
    return context.pop_text()


