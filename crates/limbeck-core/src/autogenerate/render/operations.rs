//! One function for each operation.

use limbeck_sql::engine::Value;
use limbeck_sql::engine::text_repr;
use limbeck_sql::expression::Statement;
use limbeck_sql::schema::{Constraint, Identifier, OptionValue};

use super::constraints::unique_options;
use super::python::{self, python_bool};
use super::{MAX_PYTHON_ARGS, RenderContext, Rendered};
use crate::ddl::WARNINGS;
use crate::error::{Error, Result};
use crate::operations::{
    AddColumnOp, AddConstraintOp, AlterColumnOp, Argument, CreateCheckConstraintOp,
    CreateExcludeConstraintOp, CreateForeignKeyOp, CreateIndexOp, CreateTableCommentOp, CreateTableOp,
    CreateUniqueConstraintOp, DropColumnOp, DropConstraintOp, DropIndexOp, DropTableCommentOp, DropTableOp,
    ExecuteSQLOp, MigrateOperation, ModifyTableOps, SchemaObjects,
};

/// What stands above a directive that cannot work because the constraint has no name.
const UNNAMED_CONSTRAINT: [&str; 3] = [
    "# WARNING: constraint name is None; this directive will fail as",
    "# rendered.  Add a name, or use a naming convention; see",
    "# https://alembic.sqlalchemy.org/en/latest/naming.html",
];

/// The indentation of the arguments of `alter_column`.
const ALTER_INDENT: &str = "           ";

impl RenderContext {
    /// Renders an operation: a text for each line of the function's body, each of which may be several lines.
    ///
    /// # Errors
    /// As [`RenderContext::render_body`].
    pub fn render_op(&mut self, operation: &MigrateOperation) -> Result<Vec<String>> {
        let one = |text: Result<String>| text.map(|text| vec![text]);
        match operation {
            MigrateOperation::CreateTable(op) => one(self.create_table(op)),
            MigrateOperation::DropTable(op) => Ok(vec![self.drop_table(op)]),
            MigrateOperation::AddColumn(op) => one(self.add_column(op)),
            MigrateOperation::DropColumn(op) => Ok(vec![self.drop_column(op)]),
            MigrateOperation::AlterColumn(op) => one(self.alter_column(op)),
            MigrateOperation::CreateIndex(op) => one(self.create_index(op)),
            MigrateOperation::DropIndex(op) => one(self.drop_index(op)),
            MigrateOperation::AddConstraint(op) => one(self.add_constraint(op)),
            MigrateOperation::DropConstraint(op) => Ok(self.drop_constraint(op)),
            MigrateOperation::CreateTableComment(op) => Ok(vec![self.create_table_comment(op)]),
            MigrateOperation::DropTableComment(op) => Ok(vec![self.drop_table_comment(op)]),
            MigrateOperation::ExecuteSql(op) => one(self.execute(op)),
            MigrateOperation::ModifyTable(ops) => self.modify_table(ops),
            MigrateOperation::RenameTable(_) | MigrateOperation::BulkInsert(_) => Err(Error::value(format!(
                "no dispatch function for object: {}, which autogenerate has no Python for",
                operation.class_name()
            ))),
        }
    }

    fn modify_table(&mut self, ops: &ModifyTableOps) -> Result<Vec<String>> {
        if ops.is_empty() {
            return Ok(Vec::new());
        }
        if !self.options.render_as_batch {
            return self.render_all(&ops.ops);
        }
        let mut lines = vec![format!(
            "with op.batch_alter_table({}, schema={}) as batch_op:",
            python::identifier(&ops.table_name),
            python::optional(ops.schema.as_ref().map(Identifier::as_str))
        )];
        self.in_batch = true;
        let inner = self.render_all(&ops.ops);
        self.in_batch = false;
        lines.extend(inner?);
        lines.push(String::new());
        Ok(lines)
    }

    fn render_all(&mut self, ops: &[MigrateOperation]) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        for operation in ops {
            lines.extend(self.render_op(operation)?);
        }
        Ok(lines)
    }

    fn create_table(&mut self, op: &CreateTableOp) -> Result<String> {
        let table = op.to_table(&SchemaObjects::default())?;
        let mut arguments = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            let text = self.column(column)?;
            if !text.is_empty() {
                arguments.push(text);
            }
        }
        let mut constraints = Vec::new();
        let key = Constraint::PrimaryKey(table.primary_key);
        for constraint in std::iter::once(&key).chain(&table.constraints) {
            constraints.extend(self.table_constraint(constraint)?);
        }
        constraints.sort();
        arguments.extend(constraints);
        let list = if arguments.len() > MAX_PYTHON_ARGS {
            format!("*[{}]", arguments.join(",\n"))
        } else {
            arguments.join(",\n")
        };
        let mut text =
            format!("{}create_table({},\n{list}", self.alembic(), python::identifier(&op.table_name));
        let mut keyword = |name: &str, value: &str| {
            text.push_str(",\n");
            text.push_str(name);
            text.push('=');
            text.push_str(value);
        };
        if let Some(schema) = given(op.schema.as_ref()) {
            keyword("schema", &schema);
        }
        if let Some(comment) = &op.comment {
            keyword("comment", &text_repr(comment));
        }
        let mut options: Vec<(&String, &OptionValue)> = op.kw.iter().collect();
        options.sort_by_key(|(name, _)| *name);
        for (name, value) in options {
            let value = python::plain_option(value).ok_or_else(|| {
                Error::not_implemented(format!(
                    "the option '{name}' of table '{}' is a SQL expression, which autogenerate has no Python for",
                    op.table_name
                ))
            })?;
            keyword(&name.replace(' ', "_"), &value);
        }
        if !op.prefixes.is_empty() {
            let prefixes: Vec<String> = op.prefixes.iter().map(|prefix| format!("'{prefix}'")).collect();
            keyword("prefixes", &format!("[{}]", prefixes.join(", ")));
        }
        if let Some(flag) = op.if_not_exists {
            keyword("if_not_exists", python_bool(flag));
        }
        text.push_str("\n)");
        Ok(text)
    }

    fn drop_table(&self, op: &DropTableOp) -> String {
        let mut arguments = vec![python::identifier(&op.table_name)];
        arguments.extend(given(op.schema.as_ref()).map(|schema| format!("schema={schema}")));
        arguments.extend(flag("if_exists", op.if_exists));
        self.call("drop_table", &arguments)
    }

    fn create_index(&self, op: &CreateIndexOp) -> Result<String> {
        let index = op.to_index();
        let mut arguments = vec![python::constraint_name(self.alembic(), &index.name)];
        if !self.in_batch {
            arguments.push(python::identifier(&op.table_name));
        }
        arguments.push(format!("[{}]", self.index_expressions(&index)?));
        // what a downgrade creates was read from the database
        let unique = match self.function {
            Rendered::Upgrade => python_bool(index.unique),
            Rendered::Downgrade => self.rules.reflected_unique(index.unique),
        };
        arguments.push(format!("unique={unique}"));
        if !self.in_batch {
            arguments.extend(given(op.schema.as_ref()).map(|schema| format!("schema={schema}")));
        }
        arguments.extend(self.dialect_options(&index.dialect_options)?);
        arguments.extend(flag("if_not_exists", op.if_not_exists));
        Ok(self.call("create_index", &arguments))
    }

    fn drop_index(&self, op: &DropIndexOp) -> Result<String> {
        let mut arguments = vec![python::constraint_name(self.alembic(), &op.index_name)];
        if !self.in_batch {
            let table = op.table_name.as_ref().map(Identifier::as_str);
            arguments.push(format!("table_name={}", python::optional(table)));
            arguments.extend(given(op.schema.as_ref()).map(|schema| format!("schema={schema}")));
        }
        arguments.extend(self.dialect_options(&op.kw)?);
        arguments.extend(flag("if_exists", op.if_exists));
        Ok(self.call("drop_index", &arguments))
    }

    fn add_constraint(&self, op: &AddConstraintOp) -> Result<String> {
        match op {
            AddConstraintOp::Unique(op) => self.create_unique_constraint(op),
            AddConstraintOp::ForeignKey(op) => self.create_foreign_key(op),
            AddConstraintOp::Check(op) => self.create_check_constraint(op),
            AddConstraintOp::Exclude(op) => self.create_exclude_constraint(op),
            AddConstraintOp::PrimaryKey(op) => Err(Error::not_implemented(format!(
                "autogenerate has no Python for the primary key that is added to table '{}'",
                op.table_name
            ))),
        }
    }

    fn create_exclude_constraint(&self, op: &CreateExcludeConstraintOp) -> Result<String> {
        let Constraint::Exclude(exclude) = AddConstraintOp::Exclude(op.clone()).to_constraint() else {
            return Err(Error::value("an EXCLUDE constraint that is none"));
        };
        let mut arguments = vec![python::constraint_name(self.alembic(), &exclude.name)];
        if !self.in_batch {
            arguments.push(python::identifier(&op.table_name));
        }
        arguments.extend(self.exclude_arguments(&exclude)?);
        if !self.in_batch {
            arguments.extend(given(op.schema.as_ref()).map(|schema| format!("schema={schema}")));
        }
        Ok(self.call("create_exclude_constraint", &arguments))
    }

    fn create_unique_constraint(&self, op: &CreateUniqueConstraintOp) -> Result<String> {
        let Constraint::Unique(unique) = AddConstraintOp::Unique(op.clone()).to_constraint() else {
            return Err(Error::value("a unique constraint that is none"));
        };
        let mut arguments = vec![python::constraint_name(self.alembic(), &unique.name)];
        if !self.in_batch {
            arguments.push(python::identifier(&op.table_name));
        }
        arguments.push(python::name_list(&unique.columns));
        arguments.extend(unique_options(&unique));
        if !self.in_batch {
            arguments.extend(given(op.schema.as_ref()).map(|schema| format!("schema={schema}")));
        }
        arguments.extend(self.dialect_options(&unique.dialect_options)?);
        Ok(self.call("create_unique_constraint", &arguments))
    }

    fn create_foreign_key(&self, op: &CreateForeignKeyOp) -> Result<String> {
        let mut arguments = vec![python::constraint_name(self.alembic(), &op.constraint_name)];
        if !self.in_batch {
            arguments.push(python::identifier(&op.source_table));
        }
        arguments.push(python::identifier(&op.referent_table));
        arguments.push(python::name_list(&op.local_cols));
        let remote = if op.remote_cols.is_empty() { &op.local_cols } else { &op.remote_cols };
        arguments.push(python::name_list(remote));
        let text =
            |name: &str, value: Option<&str>| value.map(|value| format!("{name}={}", text_repr(value)));
        if !self.in_batch {
            arguments.extend(text("source_schema", op.source_schema.as_ref().map(Identifier::as_str)));
        }
        arguments.extend(text("referent_schema", op.referent_schema.as_ref().map(Identifier::as_str)));
        arguments.extend(text("onupdate", op.onupdate.as_deref()));
        arguments.extend(text("ondelete", op.ondelete.as_deref()));
        arguments.extend(text("initially", op.initially.as_deref()));
        arguments.extend(flag("deferrable", op.deferrable));
        arguments.extend(op.use_alter.then(|| "use_alter=True".to_owned()));
        arguments.extend(text("match", op.match_.as_deref()));
        arguments.extend(self.dialect_options(&op.kw)?);
        Ok(self.call("create_foreign_key", &arguments))
    }

    fn create_check_constraint(&self, op: &CreateCheckConstraintOp) -> Result<String> {
        let mut arguments = vec![python::constraint_name(self.alembic(), &op.constraint_name)];
        if !self.in_batch {
            arguments.push(python::identifier(&op.table_name));
        }
        arguments.push(self.sql_string(&op.condition)?);
        if !self.in_batch {
            arguments.extend(given(op.schema.as_ref()).map(|schema| format!("schema={schema}")));
        }
        arguments.extend(self.dialect_options(&op.kw)?);
        Ok(self.call("create_check_constraint", &arguments))
    }

    fn drop_constraint(&self, op: &DropConstraintOp) -> Vec<String> {
        let mut arguments = vec![python::constraint_name(self.alembic(), &op.constraint_name)];
        if !self.in_batch {
            arguments.push(python::identifier(&op.table_name));
            arguments.extend(given(op.schema.as_ref()).map(|schema| format!("schema={schema}")));
        }
        arguments.extend(op.constraint_type.map(|kind| format!("type_={}", text_repr(kind.as_str()))));
        arguments.extend(flag("if_exists", op.if_exists));
        let mut lines = Vec::new();
        if op.constraint_name.identifier().is_none() {
            log::warn!(
                target: WARNINGS,
                "Autogenerate rendered a drop_constraint() directive for an unnamed constraint on table {}; the \
                 migration will fail unless a constraint name is added to the directive.  Consider using a naming \
                 convention so that constraint names are known ahead of time.",
                python::identifier(&op.table_name)
            );
            lines.extend(UNNAMED_CONSTRAINT.map(str::to_owned));
        }
        lines.push(self.call("drop_constraint", &arguments));
        lines
    }

    fn add_column(&mut self, op: &AddColumnOp) -> Result<String> {
        let column = self.column(&op.column)?;
        if self.in_batch {
            return Ok(self.call("add_column", &[column]));
        }
        let mut arguments = vec![python::identifier(&op.table_name), column];
        arguments.extend(given(op.schema.as_ref()).map(|schema| format!("schema={schema}")));
        arguments.extend(flag("if_not_exists", op.if_not_exists));
        Ok(self.call("add_column", &arguments))
    }

    fn drop_column(&self, op: &DropColumnOp) -> String {
        let name = python::identifier(&op.column_name);
        if self.in_batch {
            return self.call("drop_column", &[name]);
        }
        let mut arguments = vec![python::identifier(&op.table_name), name];
        arguments.extend(given(op.schema.as_ref()).map(|schema| format!("schema={schema}")));
        arguments.extend(flag("if_exists", op.if_exists));
        self.call("drop_column", &arguments)
    }

    fn alter_column(&mut self, op: &AlterColumnOp) -> Result<String> {
        let mut arguments = Vec::new();
        if let Some(type_) = &op.existing_type {
            arguments.push(format!("existing_type={}", self.type_(type_)?));
        }
        if op.modify_server_default.is_given() {
            let default = self.server_default(op.modify_server_default.value())?;
            arguments.push(format!("server_default={default}"));
        }
        if let Some(name) = &op.modify_name {
            arguments.push(format!("new_column_name={}", python::identifier(name)));
        }
        if let Some(type_) = &op.modify_type {
            arguments.push(format!("type_={}", self.type_(type_)?));
        }
        if let Some(nullable) = op.modify_nullable {
            arguments.push(format!("nullable={}", python_bool(nullable)));
        }
        if op.modify_comment.is_given() {
            let comment = op.modify_comment.value().map(String::as_str);
            arguments.push(format!("comment={}", python::optional(comment)));
        }
        if let Some(comment) = &op.existing_comment {
            arguments.push(format!("existing_comment={}", text_repr(comment)));
        }
        if let (None, Some(nullable)) = (op.modify_nullable, op.existing_nullable) {
            arguments.push(format!("existing_nullable={}", python_bool(nullable)));
        }
        if let Some(OptionValue::Value(value)) = op.kw.get("autoincrement")
            && !matches!(value, Value::Null)
        {
            arguments.push(format!("autoincrement={}", limbeck_sql::engine::value_repr(value)));
        }
        if let (false, Argument::Value(default)) =
            (op.modify_server_default.is_given(), &op.existing_server_default)
        {
            arguments.push(format!("existing_server_default={}", self.server_default(Some(default))?));
        }
        if !self.in_batch {
            arguments.extend(given(op.schema.as_ref()).map(|schema| format!("schema={schema}")));
        }
        let mut text = format!("{}alter_column(", self.alembic());
        if !self.in_batch {
            text.push_str(&python::identifier(&op.table_name));
            text.push_str(", ");
        }
        text.push_str(&python::identifier(&op.column_name));
        for argument in arguments {
            text.push_str(",\n");
            text.push_str(ALTER_INDENT);
            text.push_str(&argument);
        }
        text.push(')');
        Ok(text)
    }

    fn create_table_comment(&self, op: &CreateTableCommentOp) -> String {
        let mut lines = vec![
            python::optional(op.comment.as_deref()),
            format!("existing_comment={}", python::optional(op.existing_comment.as_deref())),
        ];
        self.add_table_of_comment(&mut lines, &op.table_name, op.schema.as_ref());
        self.call_in_lines("create_table_comment", &lines)
    }

    fn drop_table_comment(&self, op: &DropTableCommentOp) -> String {
        let mut lines =
            vec![format!("existing_comment={}", python::optional(op.existing_comment.as_deref()))];
        self.add_table_of_comment(&mut lines, &op.table_name, op.schema.as_ref());
        self.call_in_lines("drop_table_comment", &lines)
    }

    fn add_table_of_comment(
        &self,
        lines: &mut Vec<String>,
        table_name: &Identifier,
        schema: Option<&Identifier>,
    ) {
        if !self.in_batch {
            lines.insert(0, python::identifier(table_name));
            lines.push(format!("schema={}", python::optional(schema.map(Identifier::as_str))));
        }
    }

    fn execute(&self, op: &ExecuteSQLOp) -> Result<String> {
        match &op.sqltext {
            Statement::Text(clause) if clause.binds.is_empty() => {
                Ok(self.call("execute", &[text_repr(&clause.text)]))
            }
            _ => Err(Error::not_implemented(
                "Autogenerate rendering of SQL Expression language constructs not supported here; please use a plain \
                 SQL string",
            )),
        }
    }

    fn call(&self, function: &str, arguments: &[String]) -> String {
        format!("{}{function}({})", self.alembic(), arguments.join(", "))
    }

    fn call_in_lines(&self, function: &str, lines: &[String]) -> String {
        format!("{}{function}(\n    {}\n)", self.alembic(), lines.join(",\n    "))
    }
}

/// Gives Python's `repr` of a schema, unless there is none.
fn given(schema: Option<&Identifier>) -> Option<String> {
    schema.filter(|schema| !schema.as_str().is_empty()).map(python::identifier)
}

/// Gives a keyword argument, unless nothing was said.
fn flag(name: &str, value: Option<bool>) -> Option<String> {
    value.map(|value| format!("{name}={}", python_bool(value)))
}
