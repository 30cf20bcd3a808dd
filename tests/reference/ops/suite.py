"""How a case module lists its cases."""


class Cases(list):
    """Tuples `(name, function, dialects, options)`; the function's name is the case's."""

    def __call__(self, *dialects, **options):
        """A decorator that adds the function: for these dialects (for all six when none is given), with these options."""

        def add(function):
            self.add(function.__name__, function, *dialects, **options)
            return function

        return add

    def add(self, name, function, *dialects, **options):
        self.append((name, function, list(dialects) or None, options or None))
