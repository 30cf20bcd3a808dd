"""How a case module lists its cases."""

import sqlalchemy as sa


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

    def statement(self, name, make, *dialects):
        """Adds a case that executes the statement which `make` gives, its form with parameters in a comment before it."""

        def function(op):
            statement = make()
            op.execute("/* " + str(statement.compile(dialect=op.get_context().dialect)).replace(":", "\\:") + " */")
            op.execute(statement)

        self.add(name, function, *dialects)

    def types(self, name, dialects, *types):
        """Adds a case with one ADD COLUMN for each of these functions, which return a type."""

        def function(op):
            for number, type_ in enumerate(types):
                op.add_column("t", sa.Column("c" + str(number + 1), type_()))

        self.add(name, function, *dialects)
