"""Names of `typing` for revision files that use them in annotations only; the module is loaded when one is used."""

_FREQUENT = frozenset(("Any", "Callable", "Dict", "Iterable", "List", "Optional", "Sequence", "Tuple", "Union"))


class _Name:
    """Stands for a name of `typing`."""

    def __init__(self, name):
        self._name = name

    def _real(self):
        import typing

        return getattr(typing, self._name)

    def __getattr__(self, attribute):
        return getattr(self._real(), attribute)

    def __getitem__(self, parameters):
        return self._real()[parameters]

    def __call__(self, *arguments, **keywords):
        return self._real()(*arguments, **keywords)

    def __or__(self, other):
        return self._real() | other

    def __ror__(self, other):
        return other | self._real()

    def __eq__(self, other):
        return self._real() == (other._real() if isinstance(other, _Name) else other)

    def __hash__(self):
        return hash(self._real())

    def __instancecheck__(self, instance):
        return isinstance(instance, self._real())

    def __subclasscheck__(self, subclass):
        return issubclass(subclass, self._real())

    def __mro_entries__(self, bases):
        real = self._real()
        entries = getattr(real, "__mro_entries__", None)
        return (real,) if entries is None else entries(bases)

    def __repr__(self):
        return repr(self._real())


def __getattr__(name):
    if name in _FREQUENT:
        return _Name(name)
    if name.startswith("__"):
        raise AttributeError(name)
    import typing

    try:
        return getattr(typing, name)
    except AttributeError:
        raise ImportError(f"cannot import name {name!r} from 'typing'", name="typing") from None
