"""`BitString`: the digits of PostgreSQL's BIT and BIT VARYING as a kind of string."""

import math


class BitString(str):
    """A string of `0` and `1`; operations on it that keep its digits give bit strings again."""

    def __new__(cls, _value):
        if isinstance(_value, BitString):
            return _value
        if any(digit not in "01" for digit in _value):
            raise ValueError("BitString must only contain '0' and '1' chars")
        return super().__new__(cls, _value)

    @classmethod
    def from_int(cls, value, length):
        if value < 0:
            raise ValueError("value must be non-negative")
        if value.bit_length() > length:
            raise ValueError(f"Cannot encode {value} as a BitString of length {length}")
        return cls(format(value, "b").zfill(length) if length else "")

    @classmethod
    def from_bytes(cls, value, length=-1):
        digits = "".join(format(byte, "08b") for byte in value)
        if length < 0 or length == len(digits):
            return cls(digits)
        if length < len(digits):
            if "1" in digits[: len(digits) - length]:
                raise ValueError(f"Cannot encode {value!r} as a BitString of length {length}")
            return cls(digits[len(digits) - length :])
        return cls(digits.zfill(length))

    def get_bit(self, index):
        return super().__getitem__(index)

    def has_bit(self, index):
        return self.get_bit(index) == "1"

    def set_bit(self, index, value):
        digits = list(self)
        digits[index] = str(int(value)) if isinstance(value, (bool, int)) else value
        return BitString("".join(digits))

    @property
    def bit_length(self):
        return len(self)

    @property
    def octet_length(self):
        return math.ceil(len(self) / 8)

    def to_bytes(self, length=-1):
        return int(self).to_bytes(self.octet_length if length < 0 else length, "big")

    def __bytes__(self):
        return self.to_bytes()

    def __int__(self):
        return int(str(self), 2) if self else 0

    def __str__(self):
        return "".join(self)

    def __repr__(self):
        return f'BitString("{self}")'

    def __getitem__(self, index):
        return BitString(super().__getitem__(index))

    def __add__(self, other):
        return BitString(str(self) + str(other))

    def __radd__(self, other):
        return BitString(str(other) + str(self))

    def __lshift__(self, amount):
        return BitString((str(self) + "0" * amount)[amount:])

    def __rshift__(self, amount):
        return BitString(("0" * amount + str(self))[: len(self)])

    def __invert__(self):
        return BitString("".join("1" if digit == "0" else "0" for digit in self))

    def _combined(self, other, rule):
        if not isinstance(other, str):
            return NotImplemented
        other = BitString(other)
        if len(other) != len(self):
            raise ValueError("Operands must be the same length")
        return BitString("".join("1" if rule(a == "1", b == "1") else "0" for a, b in zip(self, other)))

    def __and__(self, other):
        return self._combined(other, lambda a, b: a and b)

    def __or__(self, other):
        return self._combined(other, lambda a, b: a or b)

    def __xor__(self, other):
        return self._combined(other, lambda a, b: a != b)

    __rand__ = __and__
    __ror__ = __or__
    __rxor__ = __xor__


def _keeping_the_class(name):
    def method(self, *arguments):
        result = getattr(str, name)(self, *arguments)
        if isinstance(result, list):
            return [BitString(part) for part in result]
        return BitString(result)

    method.__name__ = name
    return method


for _name in ("lstrip", "removeprefix", "removesuffix", "replace", "rstrip", "split", "strip", "zfill"):
    setattr(BitString, _name, _keeping_the_class(_name))
