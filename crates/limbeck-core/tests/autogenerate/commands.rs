//! `check` and `revision --autogenerate` on a small project; expected texts are the reference's.

use std::cell::RefCell;
use std::path::Path;
use std::sync::{Arc, Mutex};

use limbeck_core::command::{self, RevisionOptions};
use limbeck_core::host::{Direction, ScriptHost, TemplateArguments, TemplateValue};
use limbeck_core::mako::{Rendering, render_file};
use limbeck_core::operations::MigrationScript;
use limbeck_core::runtime::{
    ConfigureOptions, EnvironmentContext, EnvironmentHooks, MigrationContext, NameFilterType, ParentNames,
    RenderItem, SchemaObject,
};
use limbeck_core::script::{RevisionHeader, Script};
use limbeck_core::{Error, Result};
use limbeck_sql::engine::Parameters;
use limbeck_sql::schema::{Column, MetaData};
use serde_json::json;

use super::models;
use super::support::{Project, generic, logged};

/// A host that renders templates too.
struct Host {
    project: Project,
    rendered: RefCell<Vec<String>>,
}

impl Host {
    /// Makes a project whose env.py passes `options` to `context.configure`.
    fn new(options: impl Fn() -> ConfigureOptions + 'static) -> Self {
        let project =
            Project::new().environment(move |project, environment| generic(project, environment, options()));
        let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/generic/script.py.mako");
        std::fs::copy(template, project.path().join("alembic/script.py.mako")).unwrap();
        Self { project, rendered: RefCell::default() }
    }

    fn sql(&self, sql: &str) {
        let connection = self.project.connect();
        connection.execute_sql(sql, &Parameters::none()).unwrap();
        connection.commit().unwrap();
    }

    fn check(&self) -> Result<()> {
        command::check(&self.project.config(), self)
    }

    fn revision(&self, options: &RevisionOptions) -> Result<()> {
        command::revision(&self.project.config(), self, options).map(drop)
    }

    fn autogenerate(&self, message: &str) -> Result<()> {
        self.revision(&RevisionOptions {
            message: Some(message.to_owned()),
            rev_id: Some("aaa1".to_owned()),
            autogenerate: true,
            ..RevisionOptions::default()
        })
    }
}

impl ScriptHost for Host {
    fn execute_header(&self, path: &Path) -> Result<RevisionHeader> {
        self.project.execute_header(path)
    }

    fn render_template(&self, template: &Path, arguments: &TemplateArguments) -> Result<String> {
        match render_file(template, arguments, &["config"]).unwrap() {
            Rendering::Text(text) => {
                self.rendered.borrow_mut().push(text.clone());
                Ok(text)
            }
            Rendering::Python(_, reason) => {
                Err(Error::command(format!("the template needs Python: {reason:?}")))
            }
        }
    }

    fn run_env(&self, environment: &Arc<EnvironmentContext>) -> Result<()> {
        self.project.run_env(environment)
    }

    fn run_revision(
        &self,
        script: &Script<'_>,
        direction: Direction,
        context: &Arc<MigrationContext>,
    ) -> Result<()> {
        self.project.run_revision(script, direction, context)
    }
}

fn account() -> Arc<MetaData> {
    Arc::new(models::metadata(&json!({"tables": [{"name": "account", "columns": [
        {"name": "id", "type": "Integer", "primary_key": true},
        {"name": "name", "type": {"name": "String", "kw": {"length": 50}}, "nullable": false, "index": true},
    ]}]})))
}

fn with_account() -> ConfigureOptions {
    ConfigureOptions { target_metadata: Some(Arc::new(account())), ..ConfigureOptions::default() }
}

const CREATE_ACCOUNT: &str =
    "CREATE TABLE account (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(50) NOT NULL)";

const DIFFERENCES: &str = "New upgrade operations detected: [('add_table', Table('account', MetaData(), Column('id', \
    Integer(), table=<account>, primary_key=True, nullable=False), Column('name', String(length=50), \
    table=<account>, nullable=False), schema=None)), ('add_index', Index('ix_account_name', Column('name', \
    String(length=50), table=<account>, nullable=False)))]";

#[test]
fn check_lists_the_differences_and_logs_what_it_finds() {
    let host = Host::new(with_account);
    let (outcome, log) = logged(|| host.check());
    let error = outcome.unwrap_err();
    assert_eq!(error.to_string(), DIFFERENCES);
    assert!(matches!(error, Error::Command { .. }), "{error:?}");
    assert_eq!(
        log,
        [
            "INFO [alembic.runtime.migration] Context impl SQLiteImpl.",
            "INFO [alembic.runtime.migration] Will assume non-transactional DDL.",
            "INFO [alembic.runtime.plugins] setting up autogenerate plugin alembic.autogenerate.schemas",
            "INFO [alembic.runtime.plugins] setting up autogenerate plugin alembic.autogenerate.tables",
            "INFO [alembic.runtime.plugins] setting up autogenerate plugin alembic.autogenerate.types",
            "INFO [alembic.runtime.plugins] setting up autogenerate plugin alembic.autogenerate.constraints",
            "INFO [alembic.runtime.plugins] setting up autogenerate plugin alembic.autogenerate.defaults",
            "INFO [alembic.runtime.plugins] setting up autogenerate plugin alembic.autogenerate.comments",
            "INFO [alembic.autogenerate.compare.tables] Detected added table 'account'",
            "INFO [alembic.autogenerate.compare.constraints] Detected added index 'ix_account_name' on '('name',)'",
        ]
    );
}

#[test]
fn check_is_content_when_the_database_is_what_the_models_say() {
    let host = Host::new(with_account);
    host.sql(CREATE_ACCOUNT);
    host.sql("CREATE INDEX ix_account_name ON account (name)");
    host.check().unwrap();
    assert_eq!(host.project.output(), "No new upgrade operations detected.\n");
}

#[test]
fn autogenerate_writes_the_file_that_the_reference_writes() {
    let host = Host::new(with_account);
    host.autogenerate("one").unwrap();
    let rendered = host.rendered.borrow();
    let (head, body) = rendered[0].split_once("# revision identifiers, used by Alembic.\n").unwrap();
    assert!(head.starts_with("\"\"\"one\n\nRevision ID: aaa1\nRevises: \nCreate Date: "), "{head}");
    assert!(head.ends_with("from alembic import op\nimport sqlalchemy as sa\n\n\n"), "{head}");
    assert_eq!(
        body,
        "revision: str = 'aaa1'\n\
         down_revision: Union[str, Sequence[str], None] = None\n\
         branch_labels: Union[str, Sequence[str], None] = None\n\
         depends_on: Union[str, Sequence[str], None] = None\n\
         \n\
         \n\
         def upgrade() -> None:\n    \
             \"\"\"Upgrade schema.\"\"\"\n    \
             # ### commands auto generated by Alembic - please adjust! ###\n    \
             op.create_table('account',\n    \
             sa.Column('id', sa.Integer(), nullable=False),\n    \
             sa.Column('name', sa.String(length=50), nullable=False),\n    \
             sa.PrimaryKeyConstraint('id')\n    \
             )\n    \
             op.create_index(op.f('ix_account_name'), 'account', ['name'], unique=False)\n    \
             # ### end Alembic commands ###\n\
         \n\
         \n\
         def downgrade() -> None:\n    \
             \"\"\"Downgrade schema.\"\"\"\n    \
             # ### commands auto generated by Alembic - please adjust! ###\n    \
             op.drop_index(op.f('ix_account_name'), table_name='account')\n    \
             op.drop_table('account')\n    \
             # ### end Alembic commands ###\n"
    );
    assert!(host.project.path().join("alembic/versions/aaa1_one.py").exists());
}

#[test]
fn a_database_behind_the_heads_is_not_compared() {
    let host = Host::new(with_account);
    host.autogenerate("one").unwrap();
    let message = "Target database is not up to date.";
    assert_eq!(host.check().unwrap_err().to_string(), message);
    assert_eq!(host.autogenerate("two").unwrap_err().to_string(), message);
}

#[test]
fn an_env_py_without_models_is_named() {
    let host = Host::new(ConfigureOptions::default);
    let env_py = host.project.path().join("alembic/env.py");
    assert_eq!(
        host.check().unwrap_err().to_string(),
        format!(
            "Can't proceed with --autogenerate option; environment script {} does not provide a MetaData object or \
             sequence of objects to the context.",
            env_py.display()
        )
    );
}

#[test]
fn autogenerate_and_sql_do_not_go_together() {
    let host = Host::new(with_account);
    let options = RevisionOptions { autogenerate: true, sql: true, ..RevisionOptions::default() };
    assert_eq!(
        host.revision(&options).unwrap_err().to_string(),
        "Using --sql with --autogenerate does not make any sense"
    );
}

/// The hooks of an env.py, which note what they are asked.
#[derive(Default)]
struct Hooks {
    asked: Mutex<Vec<String>>,
    drop_directives: bool,
}

impl EnvironmentHooks for Hooks {
    fn include_name(&self, name: Option<&str>, type_: NameFilterType, parents: &ParentNames) -> Result<bool> {
        let qualified = parents.schema_qualified_table_name.as_deref();
        self.asked.lock().unwrap().push(format!("{} {name:?} {qualified:?}", type_.as_str()));
        Ok(name != Some("legacy"))
    }

    fn include_object(
        &self,
        _: SchemaObject<'_>,
        name: Option<&str>,
        type_: NameFilterType,
        reflected: bool,
        compare_to: Option<SchemaObject<'_>>,
    ) -> Result<bool> {
        let compared = compare_to.is_some();
        self.asked.lock().unwrap().push(format!("{} {name:?} {reflected} {compared}", type_.as_str()));
        Ok(type_ != NameFilterType::Index)
    }

    fn compare_type(
        &self,
        _: &Arc<MigrationContext>,
        inspected: &Column,
        _: &Column,
    ) -> Result<Option<bool>> {
        Ok((inspected.name.as_str() == "name").then_some(false))
    }

    fn process_revision_directives(
        &self,
        _: &Arc<MigrationContext>,
        revision: &[String],
        directives: &mut Vec<MigrationScript>,
    ) -> Result<()> {
        assert!(revision.is_empty());
        if self.drop_directives {
            directives.clear();
        }
        Ok(())
    }

    fn render_item(&self, item: RenderItem<'_>, imports: &mut Vec<String>) -> Result<Option<String>> {
        Ok(match item {
            RenderItem::Type(type_) if type_.python_class_name() == "Date" => {
                imports.push("import mytypes".to_owned());
                Some("mytypes.Day()".to_owned())
            }
            _ => None,
        })
    }
}

fn with_hooks(metadata: &serde_json::Value, hooks: &Arc<Hooks>) -> Host {
    let metadata = Arc::new(models::metadata(metadata));
    let hooks = Arc::clone(hooks);
    Host::new(move || ConfigureOptions {
        target_metadata: Some(Arc::new(Arc::clone(&metadata))),
        hooks: Arc::clone(&hooks) as Arc<dyn EnvironmentHooks>,
        ..ConfigureOptions::default()
    })
}

#[test]
fn hooks_filter_compare_and_render() {
    let hooks = Arc::new(Hooks::default());
    let host = with_hooks(
        &json!({"tables": [{"name": "account", "columns": [
            {"name": "id", "type": "Integer", "primary_key": true},
            {"name": "name", "type": "BigInteger", "nullable": false, "index": true},
            {"name": "born", "type": "Date"},
        ]}]}),
        &hooks,
    );
    host.sql(CREATE_ACCOUNT);
    host.sql("CREATE TABLE legacy (id INTEGER)");
    host.autogenerate("one").unwrap();
    let rendered = host.rendered.borrow();
    assert!(
        rendered[0].contains(
            "    # ### commands auto generated by Alembic - please adjust! ###\n    op.add_column('account', \
             sa.Column('born', mytypes.Day(), nullable=True))\n    # ### end Alembic commands ###\n"
        ),
        "{}",
        rendered[0]
    );
    assert!(rendered[0].contains("import sqlalchemy as sa\nimport mytypes\n"), "{}", rendered[0]);
    assert_eq!(
        *hooks.asked.lock().unwrap(),
        [
            "schema None None",
            "table Some(\"account\") Some(\"account\")",
            "table Some(\"legacy\") Some(\"legacy\")",
            "table Some(\"account\") false true",
            "column Some(\"id\") Some(\"account\")",
            "column Some(\"name\") Some(\"account\")",
            "column Some(\"born\") false false",
            "column Some(\"id\") false true",
            "column Some(\"name\") false true",
            "index Some(\"ix_account_name\") false false",
        ]
    );
}

#[test]
fn directives_that_are_taken_away_write_no_file() {
    let hooks = Arc::new(Hooks { drop_directives: true, ..Hooks::default() });
    let host = with_hooks(&json!({"tables": []}), &hooks);
    host.autogenerate("one").unwrap();
    assert!(host.rendered.borrow().is_empty());
    assert_eq!(std::fs::read_dir(host.project.path().join("alembic/versions")).unwrap().count(), 0);
}

#[test]
fn each_database_of_env_py_gets_operations_of_its_own() {
    let host = Host::new(with_account);
    let host = Host {
        project: host.project.environment(|project, environment| {
            for (name, metadata) in [("one", account()), ("two", Arc::new(MetaData::default()))] {
                let options = ConfigureOptions {
                    target_metadata: Some(Arc::new(metadata)),
                    upgrade_token: format!("{name}_upgrades"),
                    downgrade_token: format!("{name}_downgrades"),
                    ..ConfigureOptions::default()
                };
                generic(project, environment, options)?;
            }
            Ok(())
        }),
        ..host
    };
    let template = "\"\"\"${message}\"\"\"\nrevision = ${repr(up_revision)}\ndown_revision = None\ndef upgrade_one():\n    ${one_upgrades}\ndef upgrade_two():\n    ${two_upgrades}\n";
    std::fs::write(host.project.path().join("alembic/script.py.mako"), template).unwrap();
    host.sql("CREATE TABLE other (id INTEGER)");
    host.autogenerate("both").unwrap();
    assert_eq!(
        host.rendered.borrow()[0],
        "\"\"\"both\"\"\"\n\
         revision = 'aaa1'\n\
         down_revision = None\n\
         def upgrade_one():\n    \
         # ### commands auto generated by Alembic - please adjust! ###\n    \
         op.create_table('account',\n    \
         sa.Column('id', sa.Integer(), nullable=False),\n    \
         sa.Column('name', sa.String(length=50), nullable=False),\n    \
         sa.PrimaryKeyConstraint('id')\n    \
         )\n    \
         op.create_index(op.f('ix_account_name'), 'account', ['name'], unique=False)\n    \
         op.drop_table('other')\n    \
         # ### end Alembic commands ###\n\
         def upgrade_two():\n    \
         # ### commands auto generated by Alembic - please adjust! ###\n    \
         op.drop_table('other')\n    \
         # ### end Alembic commands ###\n"
    );
    assert!(host.check().is_err());
}

#[test]
fn revision_environment_lets_env_py_fill_in_templates_without_a_comparison() {
    let host = Host::new(|| ConfigureOptions {
        template_args: [("author".to_owned(), TemplateValue::String("somebody".to_owned()))]
            .into_iter()
            .collect(),
        ..ConfigureOptions::default()
    });
    let ini = host.project.path().join("alembic.ini");
    let text = std::fs::read_to_string(&ini).unwrap();
    std::fs::write(&ini, format!("{text}revision_environment = true\n")).unwrap();
    let template = "\"\"\"${message} by ${author}\"\"\"\nrevision = ${repr(up_revision)}\ndown_revision = None\ndef upgrade():\n    ${upgrades}\n";
    std::fs::write(host.project.path().join("alembic/script.py.mako"), template).unwrap();
    host.sql("CREATE TABLE other (id INTEGER)");
    host.revision(&RevisionOptions {
        message: Some("plain".to_owned()),
        rev_id: Some("aaa1".to_owned()),
        ..RevisionOptions::default()
    })
    .unwrap();
    assert_eq!(
        host.rendered.borrow()[0],
        "\"\"\"plain by somebody\"\"\"\n\
         revision = 'aaa1'\n\
         down_revision = None\n\
         def upgrade():\n    \
         # ### commands auto generated by Alembic - please adjust! ###\n    \
         pass\n    \
         # ### end Alembic commands ###\n"
    );
}
