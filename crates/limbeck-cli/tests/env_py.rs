//! env.py and migration scripts as user code: what they may import, log and print, and how their failures look.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A project with one revision on a SQLite file.
struct Project {
    directory: TempDir,
}

const ENV_PY: &str = r#"
from logging.config import fileConfig
from alembic import context
from sqlalchemy import create_engine

{head}
if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name)
with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"#;

const REVISION: &str = r#""""create account"""
from alembic import op
import sqlalchemy as sa
{head}
revision = "1975ea83b712"
down_revision = None


def upgrade():
    op.create_table("account", sa.Column("id", sa.Integer(), primary_key=True))
{body}

def downgrade():
    op.drop_table("account")
"#;

const INI: &str = r"[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
sqlalchemy.url = sqlite:///app.db

[loggers]
keys = root,alembic
[handlers]
keys = console
[formatters]
keys = generic
[logger_root]
level = WARNING
handlers = console
[logger_alembic]
level = INFO
handlers =
qualname = alembic
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic
[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
";

impl Project {
    fn new(env_head: &str) -> Self {
        let project = Self { directory: tempfile::tempdir().unwrap() };
        project.write("alembic.ini", INI);
        project.write("migrations/env.py", &ENV_PY.replace("{head}", env_head));
        project.revision("", "");
        project
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes the revision, with a line at its head and one at the end of `upgrade()`.
    fn revision(&self, head: &str, body: &str) {
        let text = REVISION.replace("{head}", head).replace("{body}", body);
        self.write("migrations/versions/1975ea83b712_create_account.py", &text);
    }

    fn alembic(&self, arguments: &[&str]) -> Outcome {
        self.command(arguments).into()
    }

    fn command(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alembic"));
        command.args(arguments).current_dir(self.path()).env_remove("VIRTUAL_ENV");
        command.env("LIMBECK_CACHE_DIR", self.path().join("cache")).output().unwrap()
    }
}

/// What a run printed.
#[derive(Debug)]
struct Outcome {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Outcome {
    #[track_caller]
    fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    #[track_caller]
    fn failed_with(self, message: &str) -> Self {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert!(self.stderr.contains(message), "no {message:?} in:\n{}", self.stderr);
        self
    }
}

#[test]
fn a_module_that_is_missing_and_not_needed_does_not_stop_the_run() {
    let project = Project::new(
        "import no_such_package\nfrom no_such_package.models import Base\ntarget_metadata = Base.metadata\n\
         class Settings(no_such_package.BaseSettings):\n    url: str = 'x'\n",
    );
    let outcome = project.alembic(&["upgrade", "head"]).succeeded();
    assert!(outcome.stderr.contains("Running upgrade  -> 1975ea83b712, create account"), "{outcome:?}");
}

#[test]
fn a_value_that_is_not_there_fails_where_it_is_needed() {
    let project = Project::new("from no_such_package import settings\nif settings.DEBUG: pass");
    let outcome = project.alembic(&["upgrade", "head"]).failed_with("'settings.DEBUG'".trim_matches('\''));
    for part in ["no_such_package", "migrations/env.py:7", "migrations/env.py:6", "--url"] {
        assert!(outcome.stderr.contains(part), "no {part:?} in:\n{}", outcome.stderr);
    }
}

#[test]
fn calling_what_is_not_there_fails_rather_than_being_skipped() {
    Project::new("import no_such_package\nno_such_package.check_that_this_is_not_production()")
        .alembic(&["upgrade", "head"])
        .failed_with("check_that_this_is_not_production");
}

#[test]
fn a_failure_that_env_py_handles_itself_reaches_its_handler() {
    Project::new("try:\n    import no_such_package\nexcept ImportError:\n    no_such_package = None\nassert no_such_package is None")
        .alembic(&["upgrade", "head"])
        .succeeded();
}

#[test]
fn a_module_of_the_project_that_needs_a_missing_package_is_unavailable_too() {
    let project =
        Project::new("from settings import URL\ncontext.config.set_main_option('sqlalchemy.url', URL)");
    project.write("settings.py", "import no_such_package\nURL = no_such_package.make_url()\n");
    project.alembic(&["upgrade", "head"]).failed_with("settings");
    project.alembic(&["--url", "sqlite:///other.db", "upgrade", "head"]).succeeded();
    assert!(project.path().join("other.db").exists());
}

#[test]
fn modules_of_the_project_import_normally() {
    let project =
        Project::new("from app.settings import URL\ncontext.config.set_main_option('sqlalchemy.url', URL)");
    project.write("app/__init__.py", "");
    project.write("app/settings.py", "from . import names\nURL = 'sqlite:///' + names.FILE\n");
    project.write("app/names.py", "FILE = 'named.db'\n");
    project.alembic(&["upgrade", "head"]).succeeded();
    assert!(project.path().join("named.db").exists());
}

#[test]
fn a_migration_script_that_misses_a_module_fails_before_anything_is_executed() {
    let project = Project::new("import no_such_package");
    project.revision("import no_such_package", "");
    project
        .alembic(&["upgrade", "head"])
        .failed_with("ModuleNotFoundError: No module named 'no_such_package'");
    let outcome = project.alembic(&["current"]).succeeded();
    assert_eq!(outcome.stdout, "");
}

#[test]
fn a_traceback_starts_in_the_users_file() {
    let project = Project::new("");
    project.revision("", "    raise ValueError('no')");
    let outcome = project.alembic(&["upgrade", "head"]).failed_with("ValueError: no");
    let first = outcome.stderr.lines().find(|line| line.starts_with("  File")).unwrap();
    assert!(first.contains("migrations/env.py"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("in upgrade\n    raise ValueError('no')\n"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("importlib"), "{}", outcome.stderr);
}

#[test]
fn what_scripts_print_keeps_its_place_in_the_offline_output() {
    let project = Project::new("");
    project.write("migrations/env.py", "from alembic import context\ncontext.configure(dialect_name='sqlite', literal_binds=True)\nwith context.begin_transaction():\n    context.run_migrations()\n");
    project.revision("", "    print('-- printed')\n    op.execute('SELECT 1')");
    let outcome = project.alembic(&["upgrade", "head", "--sql"]).succeeded();
    let places =
        ["CREATE TABLE account", "-- printed", "SELECT 1;"].map(|text| outcome.stdout.find(text).unwrap());
    assert!(places.is_sorted(), "{}", outcome.stdout);
}

#[test]
fn env_py_that_exits_decides_the_exit_code() {
    let outcome = Project::new("import sys\nsys.exit(3)").alembic(&["upgrade", "head"]);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
}

#[test]
fn the_code_cache_serves_the_second_run_and_notices_changes() {
    let project = Project::new("");
    project.alembic(&["upgrade", "head"]).succeeded();
    let packs = || fs::read_dir(project.path().join("cache/code")).unwrap().count();
    assert_eq!(packs(), 1);
    project.alembic(&["downgrade", "base"]).succeeded();
    project.revision("", "    op.create_table('second', sa.Column('id', sa.Integer()))");
    project.alembic(&["upgrade", "head"]).succeeded();
    let connection = project.path().join("app.db");
    assert!(fs::read(connection).unwrap().windows(6).any(|bytes| bytes == b"second"));
    assert_eq!(packs(), 1);
}

#[test]
fn loggers_of_scripts_and_of_the_engine_share_the_ini_files_settings() {
    let project = Project::new("");
    project.revision("import logging", "    logging.getLogger('alembic.mine').info('%s rows', 3)\n    logging.getLogger('other').info('hidden')");
    let outcome = project.alembic(&["upgrade", "head"]).succeeded();
    assert!(outcome.stderr.contains("INFO  [alembic.mine] 3 rows\n"), "{outcome:?}");
    assert!(!outcome.stderr.contains("hidden"), "{outcome:?}");
}

#[test]
fn arguments_of_handlers_are_expressions_among_the_names_of_logging() {
    let project = Project::new("");
    let file = "[handler_console]\nclass = FileHandler\n\
                args = (os.path.join(os.curdir, time.strftime('%%d') and 'run.log'), 'w')\n\
                kwargs = {'encoding': 'utf-8', 'delay': INFO == 10 or re.match('a', 'b') is not None}\n";
    let (before, after) =
        INI.split_once("[handler_console]\nclass = StreamHandler\nargs = (sys.stderr,)\n").unwrap();
    project.write("alembic.ini", &format!("{before}{file}{after}"));
    project.alembic(&["upgrade", "head"]).succeeded();
    let log = fs::read_to_string(project.directory.path().join("run.log")).unwrap();
    assert!(log.contains("Running upgrade  -> 1975ea83b712, create account"), "{log}");
}

#[test]
fn what_scripts_register_for_the_end_runs_at_the_end() {
    let project = Project::new("import atexit\natexit.register(print, 'the end')");
    let outcome = project.alembic(&["current"]).succeeded();
    assert_eq!(outcome.stdout, "the end\n");
}

const FLASK_MIGRATE: &str = r#"
from logging.config import fileConfig
from flask import current_app
from alembic import context

fileConfig(context.config.config_file_name)


def get_engine():
    try:
        return current_app.extensions["migrate"].db.get_engine()
    except (TypeError, AttributeError):
        return current_app.extensions["migrate"].db.engine


url = get_engine().url.render_as_string(hide_password=False).replace("%", "%%")
context.config.set_main_option("sqlalchemy.url", url)
conf_args = current_app.extensions["migrate"].configure_args
if conf_args.get("process_revision_directives") is None:
    conf_args["process_revision_directives"] = lambda context, revision, directives: None
with get_engine().connect() as connection:
    context.configure(connection=connection, target_metadata=current_app.extensions["migrate"].db.metadata, **conf_args)
    with context.begin_transaction():
        context.run_migrations()
"#;

#[test]
fn the_env_py_of_flask_migrate_runs_with_url_and_says_what_it_left_out() {
    let project = Project::new("");
    project.write("migrations/env.py", FLASK_MIGRATE);
    project.alembic(&["upgrade", "head"]).failed_with("No module named 'flask'");
    let outcome = project.alembic(&["--url", "sqlite:///given.db", "upgrade", "head"]).succeeded();
    assert!(outcome.stderr.contains("env.py went on without flask.current_app"), "{outcome:?}");
    let outcome = project.alembic(&["--url", "sqlite:///given.db", "current"]).succeeded();
    assert!(outcome.stdout.contains("1975ea83b712 (head)"), "{outcome:?}");
}

#[test]
fn an_async_engine_of_an_application_that_is_not_here_is_replaced_by_url() {
    let project = Project::new("");
    project.write("app.py", "import pydantic_settings\nengine = pydantic_settings.make_engine()\n");
    project.write(
        "migrations/env.py",
        "import asyncio\nfrom alembic import context\nfrom app import engine\n\ndef run(connection):\n    \
         context.configure(connection=connection)\n    with context.begin_transaction():\n        \
         context.run_migrations()\n\nasync def main():\n    async with engine.connect() as connection:\n        \
         await connection.run_sync(run)\n    await engine.dispose()\n\nasyncio.run(main())\n",
    );
    project.alembic(&["upgrade", "head"]).failed_with("pydantic_settings");
    project.alembic(&["--url", "sqlite:///given.db", "upgrade", "head"]).succeeded();
    let outcome = project.alembic(&["--url", "sqlite:///given.db", "current"]).succeeded();
    assert!(outcome.stdout.contains("1975ea83b712 (head)"), "{outcome:?}");
}

#[test]
fn an_env_py_that_leaves_all_to_what_is_not_here_fails_with_url_too() {
    let project = Project::new("");
    project.write("migrations/env.py", "from app import run_migrations\nrun_migrations()\n");
    let outcome = project.alembic(&["--url", "sqlite:///given.db", "upgrade", "head"]);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    assert!(
        outcome.stdout.contains("FAILED: env.py did not get as far as context.configure()"),
        "{outcome:?}"
    );
    assert!(outcome.stdout.contains("app.run_migrations()"), "{outcome:?}");
}

#[test]
fn with_url_a_condition_on_what_is_not_here_still_fails() {
    let project = Project::new("from no_such_package import settings\nif settings.DEBUG: pass");
    project.alembic(&["--url", "sqlite:///given.db", "upgrade", "head"]).failed_with("settings.DEBUG");
}

#[test]
fn echo_shows_statements_and_transactions_on_standard_output() {
    let project = Project::new("");
    let env = ENV_PY.replace("{head}", "").replace("\"))", "\"), echo=True)");
    project.write("migrations/env.py", &env);
    let outcome = project.alembic(&["upgrade", "head"]).succeeded();
    let mut rest = outcome.stdout.as_str();
    for part in [
        " INFO sqlalchemy.engine.Engine BEGIN (implicit)\n",
        " INFO sqlalchemy.engine.Engine \nCREATE TABLE account (",
        " INFO sqlalchemy.engine.Engine INSERT INTO alembic_version (version_num) VALUES ('1975ea83b712')",
        " INFO sqlalchemy.engine.Engine COMMIT\n",
    ] {
        let (_, after) =
            rest.split_once(part).unwrap_or_else(|| panic!("no {part:?} in:\n{}", outcome.stdout));
        rest = after;
    }
}

#[test]
fn hidden_parameters_are_in_no_log_and_no_error() {
    let project = Project::new("");
    let env = ENV_PY.replace("{head}", "").replace("\"))", "\"), echo=True, hide_parameters=True)");
    let env = env.replace(
        "    context.configure",
        "    secret = 'sec' + 'ret'\n    connection.exec_driver_sql('SELECT ?', (secret,))\n    \
         connection.exec_driver_sql('SELECT ? FROM nowhere', (secret,))\n    context.configure",
    );
    project.write("migrations/env.py", &env);
    let outcome = project.alembic(&["upgrade", "head"]).failed_with("no such table: nowhere");
    assert!(outcome.stderr.contains("[SQL parameters hidden due to hide_parameters=True]"), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("'secret'"), "{outcome:?}");
    assert!(
        outcome.stdout.contains("[raw sql] [SQL parameters hidden due to hide_parameters=True]"),
        "{outcome:?}"
    );
}

/// What the template for async drivers does.
const ASYNC_ENV_PY: &str = r#"
import asyncio
from logging.config import fileConfig
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name)


def run_migrations(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def run_async_migrations():
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url"))
    async with engine.connect() as connection:
        await connection.run_sync(run_migrations)
    await engine.dispose()


asyncio.run(run_async_migrations())
"#;

#[test]
fn an_async_env_py_imports_nothing_heavy() {
    // Times differ from run to run; what costs time is the modules that the stock asyncio imports.
    let project = Project::new("");
    let report = "import sys\nheavy = ['concurrent.futures', 'inspect', 'selectors', 'signal', 'socket', 'ssl', 'subprocess', \
                  'threading']\nprint('heavy:', [name for name in heavy if name in sys.modules])\n";
    project.write("migrations/env.py", &format!("{ASYNC_ENV_PY}\n{report}"));
    project.write("alembic.ini", &INI.replace("sqlite:///", "sqlite+aiosqlite:///"));
    let outcome = project.alembic(&["upgrade", "head"]).succeeded();
    assert!(outcome.stdout.contains("heavy: []"), "{outcome:?}");
}

const SETTINGS: &str = r"
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    name: str = 'app'
";

#[test]
fn settings_that_are_not_set_fail_by_name_and_are_left_out_with_url() {
    let project = Project::new(
        "from settings import Settings\nsettings = Settings()\nprint(settings.name)\n\
         context.config.set_main_option('sqlalchemy.url', str(settings.database_url))",
    );
    project.write("settings.py", SETTINGS);
    let outcome = project.alembic(&["upgrade", "head"]).failed_with("1 validation error for Settings");
    assert!(outcome.stderr.contains("database_url\n  Field required"), "{outcome:?}");
    let outcome = project.alembic(&["--url", "sqlite:///given.db", "upgrade", "head"]).succeeded();
    assert_eq!(outcome.stdout, "app\n");
    assert!(outcome.stderr.contains("Settings()"), "{outcome:?}");
    assert!(project.path().join("given.db").exists());
}

#[test]
fn types_of_settings_that_are_not_known_fail_by_name_rather_than_giving_another_value() {
    let project = Project::new(
        "from datetime import date\nfrom pydantic_settings import BaseSettings\n\
         class Settings(BaseSettings):\n    url: complex = '1'\nprint(Settings().url)",
    );
    project.alembic(&["upgrade", "head"]).failed_with("does not provide values of the type complex");
}

/// The expected values are what pydantic 1.10.27 gives.
#[test]
fn settings_of_the_first_pydantic_have_its_rules() {
    let project = Project::new("");
    project.write(
        "settings.py",
        r#"
import os
from typing import Any, Dict, List, Optional, Union
from pydantic import BaseSettings, Field, PostgresDsn, validator

os.environ.update(DB_URL="postgresql://u:p@h/d", A="5", B="x", CUSTOM="c", L='["a"]', Flag="yes", OPT="")


class Settings(BaseSettings):
    db_url: PostgresDsn
    a: int
    b: str = Field("d", env="B")
    c: str = Field("d", env=["NOPE", "CUSTOM"])
    l: List[str] = []
    flag: bool = False
    none: Optional[str]
    opt: Optional[str] = "q"
    num: str = 5
    u: Union[int, str] = "7"
    made: Optional[PostgresDsn] = None

    @validator("b", pre=True)
    def of_values(cls, v, values):
        return v + str(sorted(values))

    @validator("made", pre=True)
    def assemble(cls, v: Optional[str], values: Dict[str, Any]) -> Any:
        return v or PostgresDsn.build(scheme="postgresql", user="u", password="p%w", host="h", path="/d")

    class Config:
        env_file = ".env"


for name, value in Settings().dict().items():
    print(name, repr(value) if not name.endswith(("url", "made")) else value + "")
"#,
    );
    let outcome = project.alembic(&["exec", "settings.py"]).succeeded();
    let expected = "db_url postgresql://u:p@h/d\na 5\nb \"x['a', 'db_url']\"\nc 'c'\nl ['a']\nflag True\nnone None\nopt ''\n\
                    num '5'\nu 7\nmade postgresql://u:p%w@h/d\n";
    assert_eq!(outcome.stdout, expected);
}
