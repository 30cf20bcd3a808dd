"""What the column types of third-party packages share.

Each module here stands for one package; `third_party/mod.rs` says under which paths scripts find its names.
"""

from datetime import datetime, timezone

from sqlalchemy.types import DateTime, TypeDecorator


class NotProvided(NotImplementedError):
    """Raised where a package would do to a value what Limbeck does not."""

    __module__ = "limbeck"


def refuse(type_, reason):
    name = type(type_).__name__
    package = type(type_).__module__.partition(".")[0]
    raise NotProvided(
        f"values of {package}'s {name} are not provided: {reason}; write the stored form through a column of the "
        "type behind it, or with SQL text"
    )


class ByDialect(TypeDecorator):
    """A type that is another one in some dialects: `variant(dialect)` gives that type, or None for `impl`."""

    cache_ok = True

    def load_dialect_impl(self, dialect):
        other = self.variant(dialect)
        return dialect.type_descriptor(self.impl if other is None else other)

    def variant(self, dialect):
        return None


class Sealed(TypeDecorator):
    """A type whose values only its package can make and read; `reason` says why. None passes."""

    cache_ok = True
    reason = "only the package can make them"

    def process_bind_param(self, value, dialect):
        if value is not None:
            refuse(self, self.reason)

    def process_result_value(self, value, dialect):
        if value is not None:
            refuse(self, self.reason)


class Utc(TypeDecorator):
    """A moment with a zone, kept in UTC; a moment without one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if not isinstance(value, datetime):
            raise TypeError(f"expected datetime.datetime, not {value!r}")
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone is not accepted")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def comparing_models():
    """Tells whether the command that runs env.py compares models with the database."""
    from alembic import context

    options = getattr(context.config, "cmd_opts", None)
    command = getattr(options, "cmd", None) or [None]
    return bool(getattr(options, "autogenerate", False)) or getattr(command[0], "__name__", None) == "check"
