"""pgvector: its types, with their distances to other vectors."""

from sqlalchemy.dialects.postgresql import BIT as PostgresqlBit
from sqlalchemy.types import Float, TypeDecorator, UserDefinedType

from limbeck_types import refuse


class _Vector(UserDefinedType):
    cache_ok = True

    def __init__(self, dim=None):
        super().__init__()
        self.dim = dim

    def get_col_spec(self, **keywords):
        name = type(self).__name__
        return name if self.dim is None else f"{name}({int(self.dim)})"

    def _text(self, value):
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            raise ValueError("expected list or tuple")
        return "[" + ",".join(str(float(number)) for number in value) + "]"

    def bind_processor(self, dialect):
        return lambda value: None if value is None else self._text(value)

    def literal_processor(self, dialect):
        return lambda value: "'" + self._text(value) + "'"

    def result_processor(self, dialect, coltype):
        return lambda value: None if value is None else [float(number) for number in value[1:-1].split(",")]


class VECTOR(_Vector):
    pass


class HALFVEC(_Vector):
    pass


class SPARSEVEC(_Vector):
    def _text(self, value):
        if isinstance(value, str):
            raise ValueError("expected a sparse vector")
        refuse(self, "the package's SparseVector is not here")

    def result_processor(self, dialect, coltype):
        return self._read

    def _read(self, value):
        if value is not None:
            refuse(self, "the package's SparseVector is not here")


class BIT(TypeDecorator):
    impl = PostgresqlBit
    cache_ok = True


Vector = VECTOR
