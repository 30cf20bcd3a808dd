"""pydantic_settings: classes whose fields come from environment variables, `.env` files and files of secrets."""

import json
import os
import pathlib
import types
import typing

from limbeck_types.pydantic import (
    AliasPath,
    BaseModel,
    ConfigDict,
    PydanticUndefined,
    ValidationError,
    _field_value,
    _keep,
    _look_up,
)


class SettingsConfigDict(ConfigDict):
    pass


class SettingsError(ValueError):
    pass


class NoDecode:
    """Marks a field whose variable is no JSON."""


class ForceDecode:
    """Marks a field whose variable is JSON, whatever its type."""


_DEFAULTS = {
    "extra": "forbid",
    "validate_default": True,
    "case_sensitive": False,
    "env_prefix": "",
    "env_file": None,
    "env_file_encoding": None,
    "env_ignore_empty": False,
    "env_nested_delimiter": None,
    "env_nested_max_split": None,
    "env_parse_none_str": None,
    "env_parse_enums": None,
    "enable_decoding": True,
    "secrets_dir": None,
}
_REFUSED = ("cli_parse_args", "nested_model_default_partial_update", "env_parse_enums")


def _members_of_union(type_):
    origin = typing.get_origin(type_)
    if origin is typing.Annotated:
        return _members_of_union(typing.get_args(type_)[0])
    if origin is typing.Union or origin is types.UnionType:
        return [member for part in typing.get_args(type_) for member in _members_of_union(part)]
    return [type_]


def _is_complex(type_):
    import collections.abc

    origin = typing.get_origin(type_) or type_
    if not isinstance(origin, type) or issubclass(origin, (str, bytes)):
        return False
    containers = (collections.abc.Mapping, collections.abc.Sequence, collections.abc.Set)
    return issubclass(origin, (BaseModel, dict, list, set, frozenset, tuple, *containers)) or hasattr(
        origin, "__dataclass_fields__"
    )


def _how_complex(annotation, metadata=()):
    """Tells whether a variable for the type is JSON, and whether it may be something else too."""
    if NoDecode in metadata or any(isinstance(entry, NoDecode) for entry in metadata):
        return False, False
    if ForceDecode in metadata or any(isinstance(entry, ForceDecode) for entry in metadata):
        return True, False
    members = _members_of_union(annotation)
    complex_ones = [member for member in members if _is_complex(member)]
    origin = typing.get_origin(annotation)
    is_union = origin is typing.Union or origin is types.UnionType
    return bool(complex_ones), bool(complex_ones) and is_union


def _model_of(annotation):
    for member in _members_of_union(annotation):
        if isinstance(member, type) and issubclass(member, BaseModel):
            return member
    return None


def _merged(base, over):
    """Gives two nested dictionaries as one."""
    found = dict(base)
    for key, value in over.items():
        known = found.get(key)
        found[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return found


class PydanticBaseSettingsSource:
    def __init__(self, settings_cls):
        self.settings_cls = settings_cls
        self.config = settings_cls.model_config
        self.current_state = {}
        self.settings_sources_data = {}

    def prepare_field_value(self, field_name, field, value, value_is_complex):
        if value is not None and (value_is_complex or _how_complex(field.annotation, field.metadata)[0]):
            return json.loads(value)
        return value

    def field_is_complex(self, field):
        return _how_complex(field.annotation, field.metadata)[0]

    def decode_complex_value(self, field_name, field, value):
        return json.loads(value)

    def __call__(self):
        found = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, is_complex = self.get_field_value(field, name)
            value = self.prepare_field_value(name, field, value, is_complex)
            if value is not None:
                found[key] = value
        return found


class InitSettingsSource(PydanticBaseSettingsSource):
    def __init__(self, settings_cls, init_kwargs):
        super().__init__(settings_cls)
        self.init_kwargs = dict(init_kwargs)

    def __call__(self):
        by_name = any(self.config.get(key) for key in ("populate_by_name", "validate_by_name"))
        found = dict(self.init_kwargs)
        for field in self.settings_cls.model_fields.values():
            names = field.names(by_name)
            given = [name for name in names if isinstance(name, str) and name in found]
            if given and isinstance(names[0], str):
                value = found[given[0]]
                for name in given:
                    del found[name]
                found[names[0]] = value
        return found


class EnvSettingsSource(PydanticBaseSettingsSource):
    def __init__(self, settings_cls, options):
        super().__init__(settings_cls)
        self.options = options
        self.case_sensitive = bool(options["case_sensitive"])
        self.env_vars = self._variables()

    def _variables(self):
        return self._prepared(os.environ)

    def _prepared(self, variables):
        none = self.options["env_parse_none_str"]
        found = {}
        for name, value in variables.items():
            if value is None or (self.options["env_ignore_empty"] and value == ""):
                continue
            key = name if self.case_sensitive else name.lower()
            found[key] = _None if none is not None and value == none else value
        return found

    def _cased(self, name):
        return name if self.case_sensitive else name.lower()

    def _names(self, field):
        """Gives the names of a field's variables, with the key that each of them fills."""
        first = field.extra.get("env") if self.settings_cls._limbeck_first else None
        if first is not None:
            names = [first] if isinstance(first, str) else list(first)
            return [(self._cased(name), field.names(True)[0]) for name in names]
        by_name = any(self.config.get(key) for key in ("populate_by_name", "validate_by_name"))
        found = []
        prefix = self.options["env_prefix"] or ""
        for alias in field.names(by_name):
            if isinstance(alias, AliasPath):
                raise NotImplementedError("Limbeck does not provide AliasPath in settings classes yet")
            is_alias = field.validation_alias is not None and alias != field.name
            if self.settings_cls._limbeck_first:
                is_alias = False
                alias = field.name
            found.append((self._cased(alias if is_alias else prefix + alias), field.names(by_name)[0]))
        return found

    def __call__(self):
        found = {}
        for name, field in self.settings_cls.model_fields.items():
            value = self._value(name, field)
            if value is not None:
                found[self._names(field)[0][1]] = None if value is _None else value
        return found

    def _value(self, name, field):
        value = None
        for variable, _key in self._names(field):
            value = self.env_vars.get(variable)
            if value is not None:
                break
        is_json, may_be_else = _how_complex(field.annotation, field.metadata)
        if value is _None:
            return value
        if not is_json:
            return value
        if not self.options["enable_decoding"] and not any(entry is ForceDecode for entry in field.metadata):
            return value
        nested = self._exploded(field)
        if value is None:
            return nested or None
        try:
            value = json.loads(value)
        except ValueError as error:
            if not may_be_else:
                source = type(self).__name__
                raise SettingsError(f'error parsing value for field "{name}" from source "{source}"') from error
        return _merged(value, nested) if isinstance(value, dict) else value

    def _exploded(self, field):
        """Gives what variables such as `DATABASE__HOST` say about the parts of a field."""
        delimiter = self.options["env_nested_delimiter"]
        found = {}
        if not delimiter:
            return found
        delimiter = self._cased(delimiter)
        most = self.options["env_nested_max_split"]
        for start, _key in self._names(field):
            for name, value in self.env_vars.items():
                if not name.startswith(start + delimiter):
                    continue
                rest = name[len(start) + len(delimiter):]
                *keys, last = rest.split(delimiter, -1 if most is None else most - 1)
                place, annotation = found, field.annotation
                for key in keys:
                    key, annotation = self._part(annotation, key)
                    known = place.setdefault(key, {})
                    if not isinstance(known, dict):
                        known = place[key] = {}
                    place = known
                last, annotation = self._part(annotation, last)
                if value is _None:
                    value = None
                elif annotation is not None:
                    is_json, may_be_else = _how_complex(annotation)
                    if is_json:
                        try:
                            value = json.loads(value)
                        except ValueError as error:
                            if not may_be_else:
                                raise SettingsError(
                                    f'error parsing value for field "{field.name}" from source "{type(self).__name__}"'
                                ) from error
                known = place.get(last)
                place[last] = _merged(value, known) if isinstance(known, dict) and isinstance(value, dict) else value
        return found

    def _part(self, annotation, key):
        """Finds the field of a model, or the type of a dictionary's values, that a part of a name stands for."""
        if annotation is None:
            return key, None
        model = _model_of(annotation)
        if model is not None:
            for name, field in model.model_fields.items():
                for alias in field.names(True):
                    if isinstance(alias, str) and self._cased(alias) == key:
                        return field.names(False)[0], field.annotation
            return key, None
        for member in _members_of_union(annotation):
            if (typing.get_origin(member) or member) is dict and typing.get_args(member):
                return key, typing.get_args(member)[1]
        return key, None


class _NoneValue:
    """A variable whose text means `None`."""

    def __bool__(self):
        return False


_None = _NoneValue()


class DotEnvSettingsSource(EnvSettingsSource):
    def _variables(self):
        from dotenv import dotenv_values

        files = self.options["env_file"]
        if files is None or files == ():
            return {}
        if isinstance(files, (str, os.PathLike)):
            files = [files]
        found = {}
        for name in files:
            path = pathlib.Path(name).expanduser()
            if path.is_file():
                found.update(self._prepared(dotenv_values(path, encoding=self.options["env_file_encoding"] or "utf8")))
        return found

    def __call__(self):
        found = super().__call__()
        fields = self.settings_cls.model_fields
        extra = self.config.get("extra")
        extra = getattr(extra, "value", extra)
        prefix = self._cased(self.options["env_prefix"] or "")
        if extra == "ignore":
            return found
        for name, value in self.env_vars.items():
            if not value or name in found or (prefix and name in fields):
                continue
            is_used = any(
                name == variable or (_model_of(field.annotation) is not None and name.startswith(variable))
                for field in fields.values()
                for variable, _key in self._names(field)
            )
            if is_used:
                continue
            if self.settings_cls._limbeck_first and not name.startswith(prefix):
                continue
            if prefix and name.startswith(prefix) and extra == "allow":
                name = name[len(prefix):]
            found[name] = value
        return found


class SecretsSettingsSource(EnvSettingsSource):
    def _variables(self):
        directories = self.options["secrets_dir"]
        if directories is None:
            return {}
        if isinstance(directories, (str, os.PathLike)):
            directories = [directories]
        found = {}
        for name in directories:
            directory = pathlib.Path(name).expanduser()
            if directory.is_dir():
                for path in directory.iterdir():
                    if path.is_file():
                        found[path.name] = path.read_text().strip()
        return self._prepared(found)


class BaseSettings(BaseModel):
    model_config = ConfigDict(_DEFAULTS)

    def __init__(self, /, **data):
        config = type(self).__limbeck_config__
        options = {name: config.get(name, default) for name, default in _DEFAULTS.items()}
        for name in list(data):
            if name.startswith("_") and name[1:] in options:
                value = data.pop(name)
                if value is not None or name == "_env_file":
                    options[name[1:]] = value
            elif name.startswith(("_env", "_cli", "_secrets", "_case", "_nested")):
                raise NotImplementedError(f"Limbeck does not provide the argument {name} of settings classes yet")
        for name in _REFUSED:
            if config.get(name):
                raise NotImplementedError(f"Limbeck does not provide '{name}' of settings classes yet")
        found = {}
        try:
            found = _collected(type(self), data, options)
            super().__init__(**found)
        except (ValidationError, SettingsError, NotImplementedError) as error:
            if not _is_stood_in(self, found, error):
                raise

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, env_settings, dotenv_settings, file_secret_settings


def _stand_in(class_name, reason):
    """Gives what stands for settings that are not there, when there may be such a thing; put in place from outside."""


def _is_stood_in(model, data, error):
    """Goes on with what settings there are, where the database is known without them; tells whether it does."""
    cls = type(model)
    missing = _stand_in(cls.__name__, str(error))
    if missing is None or cls.__limbeck_broken__ is not None:
        return False
    found = {}
    for name, field in cls.__limbeck_fields__.items():
        _key, value = _look_up(field.names(True), data)
        try:
            if value is PydanticUndefined and not field.is_required():
                value = field.get_default(found)
            found[name] = _field_value(cls, field, value, found)
        except Exception:
            found[name] = getattr(missing, name)
    _keep(model, found, (), None)
    return True


def _collected(cls, data, options):
    sources = (
        InitSettingsSource(cls, data),
        EnvSettingsSource(cls, options),
        DotEnvSettingsSource(cls, options),
        SecretsSettingsSource(cls, options),
    )
    if cls._limbeck_first and hasattr(getattr(cls, "Config", None), "customise_sources"):
        raise NotImplementedError("Limbeck does not provide Config.customise_sources of settings classes yet")
    names = ("init_settings", "env_settings", "dotenv_settings", "file_secret_settings")
    chosen = cls.settings_customise_sources(cls, **dict(zip(names, sources)))
    found = {}
    for source in chosen:
        if hasattr(source, "current_state"):
            source.current_state = found
        found = _merged(source(), found)
    return found


class FirstSettings(BaseSettings):
    """`BaseSettings` as the first version of pydantic has it, where it is imported from `pydantic` itself."""

    _limbeck_first = True


FirstSettings.__name__ = FirstSettings.__qualname__ = "BaseSettings"
