//! Models from the JSON descriptions that record.py reads too.

use limbeck_sql::engine::Value as SqlValue;
use limbeck_sql::expression::Expression;
use limbeck_sql::schema::{
    Autoincrement, CheckConstraint, Column, Computed, Constraint, ConstraintName, DialectOptions,
    ForeignKeyConstraint, Identifier, Identity, Index, IndexExpression, MetaData, NamingConvention,
    OptionValue, PrimaryKeyConstraint, ServerDefault, Table, UniqueConstraint,
};
use limbeck_sql::types::{
    BooleanType, EnumType, FloatType, GenericType, IntervalType, JsonType, NumericType, SqlType, SqliteType,
    StandardType, StorageFormat, StringType, UuidType,
};
use serde_json::Value;

/// Makes a `MetaData` of its description.
pub fn metadata(description: &Value) -> MetaData {
    let mut metadata = MetaData::default();
    if let Some(convention) = description.get("naming_convention").and_then(Value::as_object) {
        metadata.naming_convention = NamingConvention {
            tokens: None,
            templates: convention
                .iter()
                .map(|(kind, text)| (kind.clone(), text.as_str().unwrap().to_owned()))
                .collect(),
        };
    }
    for description in list(description, "tables") {
        let table = table(description);
        metadata.tables.insert(table.key(), table);
    }
    metadata
}

fn table(description: &Value) -> Table {
    let mut table =
        Table::new(string(description, "schema").map(Identifier::new), string(description, "name").unwrap());
    table.comment = string(description, "comment");
    table.dialect_options = options(description);
    let mut of_columns = Vec::new();
    for description in list(description, "columns") {
        let column = column(description);
        for key in list(description, "foreign_keys") {
            let target = string(key, "target").unwrap();
            of_columns.push(foreign_key(key, vec![column.name.clone()], &[target]));
        }
        if column.primary_key {
            table.primary_key.columns.push(column.name.clone());
        }
        table.columns.push(column);
    }
    for description in list(description, "constraints") {
        match constraint(description) {
            Constraint::PrimaryKey(key) => {
                for column in &mut table.columns {
                    column.primary_key = key.columns.contains(&column.name);
                    column.nullable &= !column.primary_key;
                }
                table.primary_key = key;
            }
            other => table.constraints.push(other),
        }
    }
    table.constraints.extend(of_columns);
    table.indexes = list(description, "indexes").map(index).collect();
    table
}

fn column(description: &Value) -> Column {
    let type_ = type_(&description["type"]);
    let mut column = Column::new(string(description, "name").unwrap(), type_);
    column.primary_key = flag(description, "primary_key").unwrap_or_default();
    column.nullable_given = description.get("nullable").is_some();
    column.server_default = description.get("server_default").map(server_default);
    let is_identity = column.identity().is_some();
    column.nullable = flag(description, "nullable").unwrap_or(!column.primary_key && !is_identity);
    column.index = flag(description, "index");
    column.unique = flag(description, "unique");
    column.comment = string(description, "comment");
    column.autoincrement = match flag(description, "autoincrement") {
        None => Autoincrement::Auto,
        Some(true) => Autoincrement::Yes,
        Some(false) => Autoincrement::No,
    };
    column
}

fn server_default(description: &Value) -> ServerDefault {
    if let Some(text) = description.as_str() {
        return ServerDefault::Literal(text.to_owned());
    }
    if let Some(identity) = description.get("identity") {
        let number = |name: &str| identity.get(name).and_then(Value::as_i64);
        return ServerDefault::Identity(Identity {
            always: Some(flag(identity, "always").unwrap_or_default()),
            start: number("start"),
            increment: number("increment"),
            minvalue: number("minvalue"),
            maxvalue: number("maxvalue"),
            nominvalue: flag(identity, "nominvalue"),
            nomaxvalue: flag(identity, "nomaxvalue"),
            cycle: flag(identity, "cycle"),
            cache: number("cache"),
            ..Identity::default()
        });
    }
    if let Some(expression) = string(description, "computed") {
        let persisted = flag(description, "persisted");
        return ServerDefault::Computed(Computed { expression: Expression::text(expression), persisted });
    }
    ServerDefault::Expression(if let Some(text) = string(description, "text") {
        Expression::text(text)
    } else if let Some(name) = string(description, "function") {
        Expression::function(name, Vec::new())
    } else {
        match string(description, "constant").unwrap().as_str() {
            "true" => Expression::True,
            "false" => Expression::False,
            _ => Expression::Null,
        }
    })
}

fn constraint(description: &Value) -> Constraint {
    let name = name(description);
    let columns: Vec<Identifier> =
        list(description, "columns").map(|column| Identifier::new(column.as_str().unwrap())).collect();
    match description["kind"].as_str().unwrap() {
        "unique" => Constraint::Unique(UniqueConstraint {
            name,
            columns,
            deferrable: flag(description, "deferrable"),
            initially: string(description, "initially"),
            ..UniqueConstraint::default()
        }),
        "primary_key" => {
            Constraint::PrimaryKey(PrimaryKeyConstraint { name, columns, ..PrimaryKeyConstraint::default() })
        }
        "check" => Constraint::Check(CheckConstraint {
            name,
            condition: Expression::text(string(description, "condition").unwrap()),
            deferrable: None,
            initially: None,
            comment: None,
            column: None,
            type_bound: false,
            dialect_options: DialectOptions::default(),
        }),
        _ => {
            let targets: Vec<String> =
                list(description, "targets").map(|target| target.as_str().unwrap().to_owned()).collect();
            foreign_key(description, columns, &targets)
        }
    }
}

/// Makes a foreign key; targets are `table.column` or `schema.table.column`.
fn foreign_key(description: &Value, columns: Vec<Identifier>, targets: &[String]) -> Constraint {
    let parts: Vec<(&str, &str)> = targets.iter().map(|target| target.rsplit_once('.').unwrap()).collect();
    let (schema, table) = match parts[0].0.split_once('.') {
        Some((schema, table)) => (Some(Identifier::new(schema)), table),
        None => (None, parts[0].0),
    };
    Constraint::ForeignKey(ForeignKeyConstraint {
        name: name(description),
        columns,
        referred_schema: schema,
        referred_table: Identifier::new(table),
        referred_columns: parts.iter().map(|(_, column)| Identifier::new(*column)).collect(),
        onupdate: string(description, "onupdate"),
        ondelete: string(description, "ondelete"),
        deferrable: flag(description, "deferrable"),
        initially: string(description, "initially"),
        match_: string(description, "match"),
        use_alter: flag(description, "use_alter").unwrap_or_default(),
        ..ForeignKeyConstraint::default()
    })
}

fn index(description: &Value) -> Index {
    Index {
        name: name(description),
        expressions: list(description, "expressions")
            .map(|expression| match expression {
                Value::String(column) => IndexExpression::Column(Identifier::new(column.as_str())),
                other => IndexExpression::Expression(Expression::text(string(other, "text").unwrap())),
            })
            .collect(),
        unique: flag(description, "unique").unwrap_or_default(),
        dialect_options: options(description),
    }
}

fn options(description: &Value) -> DialectOptions {
    let Some(options) = description.get("options").and_then(Value::as_object) else {
        return DialectOptions::default();
    };
    options
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Bool(flag) => OptionValue::Value(SqlValue::Bool(*flag)),
                other => OptionValue::Expression(Expression::text(string(other, "text").unwrap())),
            };
            (name.clone(), value)
        })
        .collect()
}

fn type_(description: &Value) -> SqlType {
    let (type_name, arguments) = match description {
        Value::String(name) => (name.as_str(), &Value::Null),
        other => (other["name"].as_str().unwrap(), &other["kw"]),
    };
    let number = |name: &str| arguments.get(name).and_then(Value::as_u64).map(|n| u32::try_from(n).unwrap());
    let text = || StringType { length: number("length"), collation: None };
    let timezone = flag(arguments, "timezone").unwrap_or_default();
    let float = || FloatType { precision: number("precision"), ..FloatType::default() };
    let base = match type_name {
        "NullType" => SqlType::Null,
        "String" => GenericType::String(text()).into(),
        "Text" => GenericType::Text(text()).into(),
        "Unicode" => GenericType::Unicode(text()).into(),
        "UnicodeText" => GenericType::UnicodeText(text()).into(),
        "Integer" => GenericType::Integer.into(),
        "SmallInteger" => GenericType::SmallInteger.into(),
        "BigInteger" => GenericType::BigInteger.into(),
        "Boolean" => GenericType::Boolean(BooleanType::default()).into(),
        "Date" => GenericType::Date.into(),
        "DateTime" => GenericType::DateTime { timezone }.into(),
        "Time" => GenericType::Time { timezone }.into(),
        "Float" => GenericType::Float(float()).into(),
        "Double" => GenericType::Double(float()).into(),
        "Numeric" => GenericType::Numeric(NumericType {
            precision: number("precision"),
            scale: number("scale").map(|scale| i32::try_from(scale).unwrap()),
            asdecimal: true,
        })
        .into(),
        "LargeBinary" => GenericType::LargeBinary { length: None }.into(),
        "JSON" => GenericType::Json(JsonType::default()).into(),
        "Uuid" => GenericType::Uuid(UuidType::default()).into(),
        "Interval" => GenericType::Interval(IntervalType::default()).into(),
        "Enum" => GenericType::Enum(Box::new(EnumType {
            values: list(description, "args").map(|label| label.as_str().unwrap().to_owned()).collect(),
            enum_class: None,
            name: string(arguments, "name").map(Identifier::new),
            schema: None,
            native_enum: flag(arguments, "native_enum").unwrap_or(true),
            create_constraint: flag(arguments, "create_constraint").unwrap_or_default(),
            length: number("length"),
            inherit_schema: false,
            metadata: false,
            create_type: true,
        }))
        .into(),
        "VARCHAR" => StandardType::Varchar(text()).into(),
        "CHAR" => StandardType::Char(text()).into(),
        "TIMESTAMP" => StandardType::Timestamp { timezone }.into(),
        "INTEGER" => StandardType::Integer.into(),
        "BOOLEAN" => StandardType::Boolean.into(),
        "BLOB" => StandardType::Blob { length: None }.into(),
        "REAL" => StandardType::Real(float()).into(),
        "sqlite.DATE" => SqlType::Sqlite(SqliteType::Date(StorageFormat::default())),
        "sqlite.DATETIME" => SqlType::Sqlite(SqliteType::DateTime(StorageFormat::default())),
        "sqlite.JSON" => SqlType::Sqlite(SqliteType::Json(JsonType::default())),
        other => panic!("no type for '{other}'"),
    };
    match description.get("variants").and_then(Value::as_object) {
        None => base,
        Some(variants) => SqlType::Variant {
            base: Box::new(base),
            variants: variants.iter().map(|(dialect, variant)| (dialect.clone(), type_(variant))).collect(),
        },
    }
}

fn name(description: &Value) -> ConstraintName {
    string(description, "name")
        .map_or(ConstraintName::Unnamed, |name| ConstraintName::Given(Identifier::new(name)))
}

fn string(description: &Value, name: &str) -> Option<String> {
    description.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn flag(description: &Value, name: &str) -> Option<bool> {
    description.get(name).and_then(Value::as_bool)
}

fn list<'v>(description: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    description.get(name).and_then(Value::as_array).into_iter().flatten()
}
