"""Hybrid attributes: one function for instances and for classes."""


class hybrid_property:
    def __init__(self, fget, fset=None, fdel=None, expr=None, custom_comparator=None, update_expr=None):
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
        self.expr = expr
        self.__doc__ = getattr(fget, "__doc__", None)

    def __get__(self, instance, owner):
        if instance is not None:
            return self.fget(instance)
        expression = self.expr
        if expression is None:
            return self.fget(owner)
        return getattr(expression, "__func__", expression)(owner)

    def __set__(self, instance, value):
        if self.fset is None:
            raise AttributeError("can't set attribute")
        self.fset(instance, value)

    def _with(self, **changes):
        values = {"fget": self.fget, "fset": self.fset, "fdel": self.fdel, "expr": self.expr, **changes}
        return type(self)(**values)

    def getter(self, fget):
        return self._with(fget=fget)

    def setter(self, fset):
        return self._with(fset=fset)

    def deleter(self, fdel):
        return self._with(fdel=fdel)

    def expression(self, expr):
        return self._with(expr=expr)

    def comparator(self, comparator):
        return self

    def update_expression(self, expression):
        return self

    @property
    def inplace(self):
        return _InPlace(self)

    @property
    def overrides(self):
        return self


class _InPlace:
    def __init__(self, target):
        self._target = target

    def getter(self, fget):
        self._target.fget = fget
        return self._target

    def setter(self, fset):
        self._target.fset = fset
        return self._target

    def deleter(self, fdel):
        self._target.fdel = fdel
        return self._target

    def expression(self, expr):
        self._target.expr = expr
        return self._target

    def comparator(self, comparator):
        return self._target

    def update_expression(self, expression):
        return self._target


class hybrid_method:
    def __init__(self, func, expr=None):
        self.func = func
        self.expr = expr

    def __get__(self, instance, owner):
        if instance is not None:
            return self.func.__get__(instance, owner)
        return (self.expr or self.func).__get__(owner, type(owner))

    def expression(self, expr):
        self.expr = expr
        return self


class Comparator:
    def __init__(self, expression):
        self.expression = expression

    def __clause_element__(self):
        return self.expression
