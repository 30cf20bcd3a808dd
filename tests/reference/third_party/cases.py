"""How a case module here lists its cases: as Python expressions, one a line."""

import importlib
import warnings

import sqlalchemy as sa

from suite import Cases

NAMES = {"sa": sa}


def evaluate(expression):
    """The value of an expression, with the modules that its names begin with imported, and their warnings passed over."""
    names = dict(NAMES)
    for word in expression.replace("(", " ").replace("[", " ").replace(",", " ").replace("=", " ").replace(")", " ").split():
        parts = word.split(".")
        for end in range(len(parts) - 1, 0, -1):
            name = ".".join(parts[:end])
            if name.replace(".", "").isidentifier() and parts[0] not in NAMES:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    try:
                        importlib.import_module(name)
                    except ImportError:
                        continue
                names[parts[0]] = importlib.import_module(parts[0])
                break
    return eval(expression, names)


def lines(text):
    for line in text.splitlines():
        if line.strip():
            yield line.strip()


class Expressions(Cases):
    """Cases that are named by the expressions they evaluate."""

    def of_types(self, text):
        """For each expression that makes a type: one ADD COLUMN in every dialect, and how the type shows itself."""
        for expression in lines(text):
            self.add(expression, self.column(expression))
            self.add("repr of " + expression, self.shown(expression), "sqlite")

    def of_values(self, text, *dialects):
        """For each `type <- value`: an INSERT with that value as a literal, in every dialect."""
        for line in lines(text):
            type_, value = line.split(" <- ")
            self.add(line, self.insert(type_, value), *dialects)

    def of_objects(self, text):
        """For each expression: its `repr`."""
        for expression in lines(text):
            self.add(expression, self.plain(expression), "sqlite")

    @staticmethod
    def column(expression):
        return lambda op: op.add_column("t", sa.Column("c", evaluate(expression)))

    @staticmethod
    def shown(expression):
        def function(op):
            type_ = evaluate(expression)
            write(op, type(type_).__module__ + "." + repr(type_))

        return function

    @staticmethod
    def plain(expression):
        return lambda op: write(op, repr(evaluate(expression)))

    @staticmethod
    def insert(type_, value):
        def function(op):
            table = sa.table("t", sa.column("c", evaluate(type_)))
            op.bulk_insert(table, [{"c": evaluate(value)}])

        return function


def write(op, text):
    """Puts a text among what the case emits."""
    op.execute("-- " + text.replace(":", "\\:"))
