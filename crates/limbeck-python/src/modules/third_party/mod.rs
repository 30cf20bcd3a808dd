//! Column types of well-known packages, which migration scripts use without the packages being here.
//!
//! Each package has a Python file in `python/limbeck_types`, with its types as classes over Limbeck's own
//! `sqlalchemy`. [`MODULES`] says under which paths scripts find them. To add a type: its class, and its name in a row.
//! These come before an installed package of the same name, which would need the real SQLAlchemy; what a package has
//! beyond them is unavailable in env.py and an error in a script.

pub(crate) mod spatial;

use rustpython_vm::builtins::{PyModule, PyModuleDef, PyModuleSlots, PyStrRef, PyType};
use rustpython_vm::frozen::FrozenModule;
use rustpython_vm::{InterpreterBuilder, Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, py_freeze};

use super::sqlalchemy::object::{new_list, text_of};
use crate::interpreter::imports::ImportHook;
use crate::interpreter::unavailable::{FailedImport, Unavailable};
use crate::interpreter::{frames, stand_in};

/// A module that scripts import.
struct Module {
    path: &'static str,
    names: Names,
}

/// The names that a module has.
enum Names {
    /// Classes and functions that are at home in this module.
    Own(&'static [&'static str]),
    /// All names of the package.
    All,
}

use Names::{All, Own};

const fn module(path: &'static str, names: Names) -> Module {
    Module { path, names }
}

/// The modules of each package's Python file; a module with others below it is a package.
const PACKAGES: &[(&str, &[Module])] = &[
    (
        "sqlmodel",
        &[
            module("sqlmodel", All),
            module("sqlmodel.main", All),
            module("sqlmodel.sql", Own(&[])),
            module("sqlmodel.sql.expression", All),
            module("sqlmodel.sql.sqltypes", Own(&["AutoString", "GUID", "UTCDateTime"])),
        ],
    ),
    (
        "fastapi_users_db_sqlalchemy",
        &[
            module("fastapi_users_db_sqlalchemy", All),
            module("fastapi_users_db_sqlalchemy.access_token", Own(&[])),
            module("fastapi_users_db_sqlalchemy.generics", Own(&["GUID", "TIMESTAMPAware", "now_utc"])),
            module("fastapi_users_db_sqlalchemy.guid", All),
        ],
    ),
    (
        "pgvector",
        &[
            module("pgvector", Own(&[])),
            module("pgvector.sqlalchemy", All),
            module("pgvector.sqlalchemy.bit", Own(&["BIT"])),
            module("pgvector.sqlalchemy.halfvec", Own(&["HALFVEC"])),
            module("pgvector.sqlalchemy.sparsevec", Own(&["SPARSEVEC"])),
            module("pgvector.sqlalchemy.vector", Own(&["VECTOR"])),
        ],
    ),
    (
        "geoalchemy2",
        &[
            module("geoalchemy2", Own(&["Geography", "Geometry", "Raster"])),
            module("geoalchemy2.alembic_helpers", Own(&["_GeospatialOperation"])),
            module("geoalchemy2.types", Own(&["Geography", "Geometry", "Raster"])),
        ],
    ),
    (
        "small_packages",
        &[
            module("citext", Own(&["CIText"])),
            module("sqlalchemy_json", Own(&["MutableJson", "NestedMutableJson", "mutable_json_type"])),
            module("sqlalchemy_utc", Own(&["UtcDateTime", "utc", "utcnow"])),
            module("sqlalchemy_utc.now", Own(&["utcnow"])),
            module("sqlalchemy_utc.sqltypes", Own(&["UtcDateTime"])),
            module("sqlalchemy_utc.timezone", Own(&["utc"])),
            module("uuid6", Own(&["UUID", "uuid6", "uuid7", "uuid8"])),
        ],
    ),
    (
        "sqlalchemy_utils",
        &[
            module("sqlalchemy_utils", All),
            module("sqlalchemy_utils.types", All),
            module("sqlalchemy_utils.types.arrow", Own(&["ArrowType"])),
            module("sqlalchemy_utils.types.bit", Own(&["BitType"])),
            module("sqlalchemy_utils.types.choice", Own(&["Choice", "ChoiceType"])),
            module("sqlalchemy_utils.types.color", Own(&["ColorType"])),
            module("sqlalchemy_utils.types.country", Own(&["CountryType"])),
            module("sqlalchemy_utils.types.currency", Own(&["CurrencyType"])),
            module("sqlalchemy_utils.types.email", Own(&["EmailType"])),
            module("sqlalchemy_utils.types.encrypted", Own(&[])),
            module(
                "sqlalchemy_utils.types.encrypted.encrypted_type",
                Own(&["AesEngine", "AesGcmEngine", "EncryptedType", "FernetEngine", "StringEncryptedType"]),
            ),
            module("sqlalchemy_utils.types.enriched_datetime", All),
            module("sqlalchemy_utils.types.enriched_datetime.enriched_date_type", Own(&["EnrichedDateType"])),
            module(
                "sqlalchemy_utils.types.enriched_datetime.enriched_datetime_type",
                Own(&["EnrichedDateTimeType"]),
            ),
            module("sqlalchemy_utils.types.ip_address", Own(&["IPAddressType"])),
            module("sqlalchemy_utils.types.json", Own(&["JSONType"])),
            module("sqlalchemy_utils.types.locale", Own(&["LocaleType"])),
            module("sqlalchemy_utils.types.ltree", Own(&["LQUERY", "LTXTQUERY", "LtreeType"])),
            module("sqlalchemy_utils.types.password", Own(&["PasswordType"])),
            module(
                "sqlalchemy_utils.types.pg_composite",
                Own(&["CompositeType", "register_composites", "remove_composite_listeners"]),
            ),
            module("sqlalchemy_utils.types.phone_number", Own(&["PhoneNumberType"])),
            module(
                "sqlalchemy_utils.types.range",
                Own(&[
                    "DateRangeType",
                    "DateTimeRangeType",
                    "Int8RangeType",
                    "IntRangeType",
                    "NumericRangeType",
                    "RangeType",
                ]),
            ),
            module("sqlalchemy_utils.types.scalar_list", Own(&["ScalarListException", "ScalarListType"])),
            module("sqlalchemy_utils.types.timezone", Own(&["TimezoneType"])),
            module("sqlalchemy_utils.types.ts_vector", Own(&["TSVectorType"])),
            module("sqlalchemy_utils.types.url", Own(&["URLType"])),
            module("sqlalchemy_utils.types.uuid", Own(&["UUIDType"])),
            module("sqlalchemy_utils.types.weekdays", Own(&["WeekDaysType"])),
        ],
    ),
    (
        "sqlalchemy_utils_functions",
        &[
            module(
                "sqlalchemy_utils.functions",
                Own(&["create_database", "database_exists", "drop_database"]),
            ),
            module(
                "sqlalchemy_utils.functions.database",
                Own(&["create_database", "database_exists", "drop_database"]),
            ),
        ],
    ),
    (
        "alembic_postgresql_enum",
        &[
            module(
                "alembic_postgresql_enum",
                Own(&["ColumnType", "Config", "TableReference", "set_configuration"]),
            ),
            module("alembic_postgresql_enum.configuration", All),
            module("alembic_postgresql_enum.get_enum_data", All),
            module("alembic_postgresql_enum.operations", Own(&["SyncEnumValuesOp"])),
            module("alembic_postgresql_enum.sql_commands", Own(&[])),
            module("alembic_postgresql_enum.sql_commands.indexes", Own(&["TableIndex"])),
        ],
    ),
    (
        "alembic_utils",
        &[
            module("alembic_utils", Own(&[])),
            module("alembic_utils.exceptions", Own(&["BadInputException"])),
            module("alembic_utils.pg_extension", Own(&["PGExtension"])),
            module("alembic_utils.pg_function", Own(&["PGFunction"])),
            module("alembic_utils.pg_grant_table", Own(&["PGGrantTable", "PGGrantTableChoice"])),
            module("alembic_utils.pg_materialized_view", Own(&["PGMaterializedView"])),
            module("alembic_utils.pg_policy", Own(&["PGPolicy"])),
            module("alembic_utils.pg_trigger", Own(&["PGTrigger"])),
            module("alembic_utils.pg_view", Own(&["PGView"])),
            module("alembic_utils.replaceable_entity", Own(&["ReplaceableEntity", "register_entities"])),
        ],
    ),
    (
        "sqlalchemy_searchable",
        &[module("sqlalchemy_searchable", Own(&["drop_trigger", "make_searchable", "sync_trigger"]))],
    ),
    (
        "advanced_alchemy",
        &[
            module("advanced_alchemy", Own(&[])),
            module("advanced_alchemy.types", All),
            module("advanced_alchemy.types.boolean", Own(&["Bool", "_OracleAwareBoolean"])),
            module("advanced_alchemy.types.datetime", Own(&["DateTimeUTC"])),
            module(
                "advanced_alchemy.types.encrypted_string",
                Own(&[
                    "EncryptedString",
                    "EncryptedText",
                    "EncryptionBackend",
                    "FernetBackend",
                    "PGCryptoBackend",
                ]),
            ),
            module("advanced_alchemy.types.file_object", Own(&[])),
            module("advanced_alchemy.types.file_object.data_type", Own(&["StoredObject"])),
            module("advanced_alchemy.types.guid", Own(&["GUID"])),
            module("advanced_alchemy.types.identity", Own(&["BigIntIdentity"])),
            module("advanced_alchemy.types.json", Own(&["JsonB", "ORA_JSONB"])),
            module("advanced_alchemy.types.password_hash", Own(&[])),
            module("advanced_alchemy.types.password_hash.base", Own(&["PasswordHash"])),
            module("advanced_alchemy.types.totp", Own(&["TOTPSecret"])),
            module("advanced_alchemy.types.vector", Own(&["Vector"])),
        ],
    ),
    (
        "pydantic",
        &[
            module(
                "pydantic",
                Own(&[
                    "__version__",
                    "AfterValidator",
                    "AliasChoices",
                    "AliasPath",
                    "AmqpDsn",
                    "AnyHttpUrl",
                    "AnyUrl",
                    "AnyWebsocketUrl",
                    "BaseModel",
                    "BaseSettings",
                    "BeforeValidator",
                    "ClickHouseDsn",
                    "CockroachDsn",
                    "computed_field",
                    "ConfigDict",
                    "confloat",
                    "conint",
                    "conlist",
                    "constr",
                    "DirectoryPath",
                    "EmailStr",
                    "Field",
                    "field_serializer",
                    "field_validator",
                    "FieldValidationInfo",
                    "FilePath",
                    "FileUrl",
                    "FiniteFloat",
                    "FtpUrl",
                    "HttpUrl",
                    "KafkaDsn",
                    "MariaDBDsn",
                    "model_serializer",
                    "model_validator",
                    "MongoDsn",
                    "MySQLDsn",
                    "NatsDsn",
                    "NegativeFloat",
                    "NegativeInt",
                    "NonNegativeFloat",
                    "NonNegativeInt",
                    "NonPositiveFloat",
                    "NonPositiveInt",
                    "PlainValidator",
                    "PositiveFloat",
                    "PositiveInt",
                    "PostgresDsn",
                    "PrivateAttr",
                    "RedisDsn",
                    "root_validator",
                    "SecretBytes",
                    "SecretStr",
                    "StrictBool",
                    "StrictBytes",
                    "StrictFloat",
                    "StrictInt",
                    "StrictStr",
                    "TypeAdapter",
                    "validate_call",
                    "ValidationError",
                    "ValidationInfo",
                    "validator",
                    "VERSION",
                    "WebsocketUrl",
                    "WrapValidator",
                ]),
            ),
            module("pydantic.class_validators", Own(&["root_validator", "validator"])),
            module("pydantic.config", Own(&["ConfigDict"])),
            module(
                "pydantic.fields",
                Own(&["AliasChoices", "AliasPath", "Field", "FieldInfo", "PrivateAttr", "computed_field"]),
            ),
            module(
                "pydantic.functional_validators",
                Own(&[
                    "AfterValidator",
                    "BeforeValidator",
                    "PlainValidator",
                    "WrapValidator",
                    "field_validator",
                    "model_validator",
                ]),
            ),
            module("pydantic.main", Own(&["BaseModel"])),
            module(
                "pydantic.networks",
                Own(&[
                    "AmqpDsn",
                    "AnyHttpUrl",
                    "AnyUrl",
                    "AnyWebsocketUrl",
                    "ClickHouseDsn",
                    "CockroachDsn",
                    "EmailStr",
                    "FileUrl",
                    "FtpUrl",
                    "HttpUrl",
                    "KafkaDsn",
                    "MariaDBDsn",
                    "MongoDsn",
                    "MySQLDsn",
                    "NatsDsn",
                    "PostgresDsn",
                    "RedisDsn",
                    "WebsocketUrl",
                ]),
            ),
            module(
                "pydantic.types",
                Own(&[
                    "DirectoryPath",
                    "FilePath",
                    "FiniteFloat",
                    "NegativeFloat",
                    "NegativeInt",
                    "NonNegativeFloat",
                    "NonNegativeInt",
                    "NonPositiveFloat",
                    "NonPositiveInt",
                    "PositiveFloat",
                    "PositiveInt",
                    "SecretBytes",
                    "SecretStr",
                    "StrictBool",
                    "StrictBytes",
                    "StrictFloat",
                    "StrictInt",
                    "StrictStr",
                    "confloat",
                    "conint",
                    "conlist",
                    "constr",
                ]),
            ),
            module("pydantic_core", Own(&["MultiHostUrl", "PydanticUndefined", "Url", "ValidationError"])),
            module("pydantic_core._pydantic_core", Own(&["ValidationError"])),
        ],
    ),
    (
        "pydantic_settings",
        &[
            module(
                "pydantic_settings",
                Own(&[
                    "BaseSettings",
                    "DotEnvSettingsSource",
                    "EnvSettingsSource",
                    "ForceDecode",
                    "InitSettingsSource",
                    "NoDecode",
                    "PydanticBaseSettingsSource",
                    "SecretsSettingsSource",
                    "SettingsConfigDict",
                    "SettingsError",
                ]),
            ),
            module("pydantic_settings.main", Own(&["BaseSettings", "SettingsConfigDict"])),
            module(
                "pydantic_settings.sources",
                Own(&[
                    "EnvSettingsSource",
                    "DotEnvSettingsSource",
                    "InitSettingsSource",
                    "PydanticBaseSettingsSource",
                    "SecretsSettingsSource",
                ]),
            ),
        ],
    ),
    ("typing_extensions", &[module("typing_extensions", All)]),
];

// Cargo rebuilds when these change; the freezing macro alone does not tell it to.
const _: [&str; 20] = [
    include_str!("python/limbeck_types/__init__.py"),
    include_str!("python/limbeck_types/advanced_alchemy.py"),
    include_str!("python/limbeck_types/alembic_postgresql_enum.py"),
    include_str!("python/limbeck_types/alembic_utils.py"),
    include_str!("python/limbeck_types/fastapi_users_db_sqlalchemy.py"),
    include_str!("python/limbeck_types/geoalchemy2.py"),
    include_str!("python/limbeck_types/pgvector.py"),
    include_str!("python/limbeck_types/pydantic.py"),
    include_str!("python/limbeck_types/pydantic_fields.py"),
    include_str!("python/limbeck_types/pydantic_rules.py"),
    include_str!("python/limbeck_types/pydantic_settings.py"),
    include_str!("python/limbeck_types/pydantic_types.py"),
    include_str!("python/limbeck_types/pydantic_urls.py"),
    include_str!("python/limbeck_types/pydantic_values.py"),
    include_str!("python/limbeck_types/small_packages.py"),
    include_str!("python/limbeck_types/sqlalchemy_searchable.py"),
    include_str!("python/limbeck_types/sqlalchemy_utils.py"),
    include_str!("python/limbeck_types/sqlalchemy_utils_functions.py"),
    include_str!("python/limbeck_types/sqlmodel.py"),
    include_str!("python/limbeck_types/typing_extensions.py"),
];

/// Adds the modules to an interpreter.
pub fn register(builder: InterpreterBuilder) -> InterpreterBuilder {
    let definitions: Vec<&'static PyModuleDef> = PACKAGES
        .iter()
        .flat_map(|(_, modules)| *modules)
        .map(|module| {
            let slots = PyModuleSlots { create: None, exec: Some(fill) };
            let name = builder.ctx.intern_str(module.path);
            // A definition lives as long as the process.
            &*Box::leak(Box::new(PyModuleDef { name, doc: None, methods: &[], slots }))
        })
        .collect();
    builder.add_native_modules(&definitions).add_frozen_modules(frozen())
}

fn frozen() -> impl Iterator<Item = (&'static str, FrozenModule)> {
    py_freeze!(dir = "python", crate_name = "rustpython_compiler_core").into_iter()
}

/// Finds a module by its path, with the name of its Python file and the modules beside it.
fn find(path: &str) -> Option<(&'static str, &'static [Module], &'static Module)> {
    PACKAGES.iter().find_map(|(file, modules)| {
        let module = modules.iter().find(|module| module.path == path)?;
        Some((*file, *modules, module))
    })
}

/// Gives the module of a package's Python file, whose classes say where they are at home.
fn python_file(file: &str, modules: &[Module], vm: &VirtualMachine) -> PyResult {
    let path = format!("limbeck_types.{file}");
    let loaded = vm.sys_module.get_attr("modules", vm)?;
    if let Ok(known) = loaded.get_item(path.as_str(), vm) {
        return Ok(known);
    }
    vm.import(vm.ctx.intern_str(path.as_str()), 0)?;
    let python = loaded.get_item(path.as_str(), vm)?;
    if file == "pydantic_settings" {
        python.set_attr("_stand_in", vm.new_function("_stand_in", stand_in_for_settings), vm)?;
    }
    if file == "geoalchemy2" {
        spatial::use_from_now_on();
    }
    for module in modules {
        let Own(names) = &module.names else { continue };
        for name in *names {
            let value = python.get_attr(*name, vm)?;
            if value.downcast_ref::<PyType>().is_some() {
                value.set_attr("__module__", vm.ctx.new_str(module.path), vm)?;
            }
        }
    }
    Ok(python)
}

/// Gives what stands for the settings of a class that has not got them all, while `--url` says which database is meant.
fn stand_in_for_settings(class: PyStrRef, reason: PyStrRef, vm: &VirtualMachine) -> PyObjectRef {
    if !stand_in::is_active() {
        return vm.ctx.none();
    }
    let class = class.to_string();
    stand_in::leave_out(&format!("{class}()"));
    let reason = reason.to_string().replace('\n', ";");
    Unavailable::module(FailedImport { module: class, place: frames::caller(vm), reason }).into_pyobject(vm)
}

/// Fills a module when it is imported.
fn fill(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let path = module.name.map_or("", |name| name.as_str());
    let Some((file, modules, definition)) = find(path) else { return Ok(()) };
    let python = python_file(file, modules, vm)?;
    let names = module.dict();
    let is_package = modules.iter().any(|other| parent(other.path) == Some(path));
    if is_package {
        names.set_item("__path__", new_list(Vec::new(), vm), vm)?;
    }
    names.set_item("__getattr__", missing(file, path, vm), vm)?;
    match &definition.names {
        Own(own) => {
            for name in *own {
                names.set_item(*name, python.get_attr(*name, vm)?, vm)?;
            }
        }
        All => {
            if let Some(all) = python.dict() {
                for (name, value) in all.items_vec() {
                    // what the file itself imports is no part of the package
                    let is_module = value.downcast_ref::<PyModule>().is_some();
                    if !is_module && text_of(&name).is_some_and(|name| !name.starts_with('_')) {
                        names.set_item(&*name, value, vm)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(parent, _)| parent)
}

/// Makes the `__getattr__` of a module: modules below it, what its Python file finds elsewhere, or what is missing.
fn missing(file: &'static str, module: &'static str, vm: &VirtualMachine) -> PyObjectRef {
    let getattr = move |name: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        let name = text_of(&name).unwrap_or_default();
        let path = format!("{module}.{name}");
        if find(&path).is_some() {
            vm.import(vm.ctx.intern_str(path.as_str()), 0)?;
            return vm.sys_module.get_attr("modules", vm)?.get_item(path.as_str(), vm);
        }
        if name.starts_with("__") {
            return Err(vm.new_attribute_error(format!("module '{module}' has no attribute '{name}'")));
        }
        let python =
            vm.sys_module.get_attr("modules", vm)?.get_item(&*format!("limbeck_types.{file}"), vm)?;
        if find(module).is_some_and(|(_, _, definition)| matches!(definition.names, All))
            && let Ok(found) = python.get_attr(vm.ctx.intern_str(name.as_str()), vm)
        {
            return Ok(found);
        }
        let package = module.split('.').next().unwrap_or(module);
        let part = if package.starts_with("pydantic") { "what settings need" } else { "the column types" };
        let reason = format!("of the package {package} Limbeck has {part} only, not '{name}'");
        if ImportHook::tolerates_failure(vm) {
            let import = FailedImport { module: module.to_owned(), place: frames::caller(vm), reason };
            return Unavailable::module(import).into_pyobject(vm).get_attr(vm.ctx.intern_str(name), vm);
        }
        Err(vm.new_import_error(
            format!("cannot import name '{name}' from '{module}': {reason}"),
            vm.ctx.new_str(module),
        ))
    };
    vm.new_function("__getattr__", getattr).into()
}
