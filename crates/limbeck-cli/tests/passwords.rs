//! Passwords appear in no failure: not in messages, tracebacks, hints, logs or JSON, at `-v` and with every logger at its
//! most talkative neither. Each output of these runs is searched for the password and its halves.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod runs;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use runs::{PASSWORD, PASSWORD_IN_URL, Place, Project, Transactions, shown};

const SERVERS: [Place; 2] = [Place::Postgresql, Place::Mariadb];

/// Commands that connect, each in another way of telling what went wrong.
const COMMANDS: [&[&str]; 6] = [
    &["upgrade", "-v", "head"],
    &["--raiseerr", "upgrade", "-v", "head"],
    &["current", "-v"],
    &["current", "--format", "json"],
    &["check"],
    &["stamp", "-v", "head"],
];

fn project(place: Place) -> Project {
    let project = Project::new(place, Transactions::PerMigration);
    project.add_revisions(2, 0.0, false);
    project
}

/// Runs every command, each of which must fail with these words.
fn fail_with(project: &Project, variables: &[(&str, &str)], words: &str) {
    for command in COMMANDS {
        let output = project.run_with(command, variables);
        let text = shown(&output);
        assert!(!output.status.success() && !text.contains("panicked"), "{command:?}: {text}");
        assert!(text.contains(words), "{command:?}, no {words:?}: {text}");
    }
}

fn succeed(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let output = project.run_with(arguments, variables);
    assert!(output.status.success(), "{arguments:?}: {}", shown(&output));
    output
}

/// Gives the address and the database of a URL: what stands behind the `@`.
fn place_of(url: &str) -> &str {
    url.split_once('@').expect("a user").1
}

/// Makes loggers of engines, pools and dialects tell all that they can.
fn make_talkative(project: &Project) {
    project.edit("alembic.ini", "keys = root,alembic", "keys = root,alembic,sqlalchemy");
    project.edit(
        "alembic.ini",
        "[handler_console]",
        "[logger_sqlalchemy]\nlevel = DEBUG\nhandlers =\nqualname = sqlalchemy\n\n[handler_console]",
    );
    project.edit("alembic.ini", "level = INFO", "level = DEBUG");
}

/// Makes the roles that have to give a password, and sets it.
fn make_roles(project: &Project) -> [&'static str; 3] {
    let roles = ["with_scram", "with_md5", "with_password"];
    for role in roles {
        // Roles belong to the whole server, and other tests use them with a password of their own.
        let sql = format!(
            "DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD 'se:cr et'; EXCEPTION WHEN duplicate_object OR \
             unique_violation THEN NULL; END $$"
        );
        project.query(&sql);
    }
    roles
}

/// The host by which PostgreSQL's roles with passwords are known.
fn by_name(place: &str) -> String {
    place.replace("127.0.0.1", "localhost")
}

#[test]
fn a_password_that_a_server_refuses_is_not_shown() {
    let project = project(Place::Postgresql);
    make_talkative(&project);
    let place = by_name(place_of(&project.url()));
    for role in make_roles(&project) {
        let words = format!("password authentication failed for user \"{role}\"");
        project.set_url(&format!("postgresql+psycopg2://{role}:{PASSWORD_IN_URL}@{place}"));
        fail_with(&project, &[], &words);
        project.set_url(&format!("postgresql+asyncpg://{role}:{PASSWORD_IN_URL}@{place}"));
        fail_with(&project, &[], "");
        project.set_url(&format!("postgresql://{place}?user={role}&password={PASSWORD_IN_URL}"));
        fail_with(&project, &[], &words);

        project.set_url(&format!("postgresql://{role}@{place}"));
        fail_with(&project, &[("PGPASSWORD", PASSWORD)], &words);
        let escaped = PASSWORD.replace(':', "\\:");
        project.write(".pgpass", &format!("*:*:*:{role}:{escaped}\n"));
        let file = project.root().join(".pgpass");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("the file is ours");
        fail_with(&project, &[("PGPASSFILE", &file.display().to_string())], &words);
        fail_with(&project, &[("HOME", &project.root().display().to_string())], &words);
    }

    let project = self::project(Place::Mariadb);
    make_talkative(&project);
    let url = project.url();
    let words = "Access denied for user 'limbeck_runs'@";
    for driver in ["mysql", "mysql+mysqldb", "mysql+pymysql", "mariadb+mysqlconnector", "mysql+asyncmy"] {
        project.set_url(&format!("{driver}://limbeck_runs:not-{PASSWORD_IN_URL}@{}", place_of(&url)));
        fail_with(&project, &[], words);
    }
    let options = project.root().join("my.cnf");
    project.write("my.cnf", &format!("[client]\npassword = \"not-{PASSWORD}\"\n"));
    project.set_url(&format!(
        "mysql+pymysql://limbeck_runs@{}?read_default_file={}",
        place_of(&url),
        options.display()
    ));
    fail_with(&project, &[], words);
}

#[test]
fn a_password_in_the_arguments_of_connections_is_not_shown() {
    for place in SERVERS {
        let project = project(place);
        make_talkative(&project);
        let url = project.url();
        project.edit(
            "migrations/env.py",
            "poolclass=pool.NullPool",
            "poolclass=pool.NullPool, echo='debug', connect_args={'password': open('password').read()}",
        );
        project.write("password", PASSWORD);
        let user = url.split_once(':').expect("a scheme").1.split_once(':').expect("a password").0;
        project.set_url(&format!("{}:{user}@{}", url.split_once(':').expect("a scheme").0, place_of(&url)));
        for command in [&["upgrade", "-v", "head"][..], &["current", "-v"], &["downgrade", "-v", "base"]] {
            succeed(&project, command, &[]);
        }
        project.set_url(&format!("{}:{user}@127.0.0.1:1/x", url.split_once(':').expect("a scheme").0));
        fail_with(&project, &[], "Connection refused");
        project.edit("migrations/env.py", "'password':", "'no_such_argument': 1, 'password':");
        fail_with(&project, &[], "");
    }
}

#[test]
fn a_url_that_leads_nowhere_is_told_without_its_password() {
    for place in SERVERS {
        let project = project(place);
        make_talkative(&project);
        let url = project.url();
        let scheme = url.split_once(':').expect("a scheme").0;
        let user = format!("{scheme}://limbeck:{PASSWORD_IN_URL}");
        for (url, words) in [
            (format!("{user}@127.0.0.1:port/db"), "invalid literal for int() with base 10: 'port'"),
            (format!("{user}@127.0.0.1:99999/db"), ""),
            (format!("{user}@127.0.0.1:1/db"), "Connection refused"),
            (format!("{user}@no-such-host.invalid/db"), "no-such-host.invalid"),
            (format!("{user}@/db?no_such_option=1"), ""),
            (format!("{scheme}://limbeck:{PASSWORD_IN_URL}"), ""),
            (format!("nonsense+{user}@127.0.0.1/db"), "Can't load plugin"),
            (format!("limbeck:{PASSWORD_IN_URL}@127.0.0.1/db"), "Could not parse SQLAlchemy URL"),
        ] {
            project.set_url(&url);
            fail_with(&project, &[], words);
            for command in COMMANDS {
                let output = project.run(&[&["--url", &url], command].concat());
                assert!(!output.status.success(), "{}", shown(&output));
            }
        }
    }
}

#[test]
fn a_percent_sign_that_nobody_doubled_is_told_without_the_password() {
    for place in SERVERS {
        let project = project(place);
        let url = project.url();
        project.edit("alembic.ini", &url.replace('%', "%%"), &url);
        fail_with(&project, &[], "'%' must be followed by '%' or '('");
        project.edit("alembic.ini", &url, &url.replace('%', "%%"));
        project.edit(
            "migrations/env.py",
            "config = context.config\n",
            &format!("config = context.config\nconfig.set_main_option('sqlalchemy.url', '{url}')\n"),
        );
        fail_with(&project, &[], "invalid interpolation syntax in ");
    }
}

#[test]
fn a_failure_of_user_code_shows_no_url_with_its_password() {
    for place in SERVERS {
        let project = project(place);
        make_talkative(&project);
        let url = project.url();
        let whole = fs::read_to_string(project.root().join("migrations/env.py")).expect("env.py");
        let (head, tail) = whole.split_once("with engine").expect("the body of env.py");
        let begin = "url = engine.url.render_as_string(hide_password=False)\n";
        for (body, words) in [
            ("raise RuntimeError(f'cannot use {url}')", "RuntimeError: cannot use "),
            (
                "print(engine.url, repr(engine.url), repr(engine), str(engine.url), engine)\n1 / 0",
                "ZeroDivisionError",
            ),
            (
                "print(f'{engine.url}', '%s' % engine.url, [engine.url], {'url': engine.url})\n1 / 0",
                "ZeroDivisionError",
            ),
            (
                "print(engine.url.render_as_string(), engine.url.set(database='other'))\n1 / 0",
                "ZeroDivisionError",
            ),
            ("def use(url):\n    local = url\n    raise KeyError('local')\nuse(url)", "KeyError: 'local'"),
            (
                "try:\n    raise ValueError(url)\nexcept ValueError as error:\n    raise RuntimeError('no') from error",
                "ValueError: ",
            ),
            ("context.config.set_main_option('sqlalchemy.url', url)", "invalid interpolation syntax in "),
            ("{}[url]", "KeyError: "),
            ("__import__('sys').exit('cannot use ' + url)", "cannot use "),
            ("from alembic.util import CommandError\nraise CommandError('cannot use ' + url)", "cannot use "),
            ("engine.execute(url)", "AttributeError"),
            ("int(url)", "invalid literal for int()"),
            (&format!("assert not '{url}'"), "AssertionError"),
            (&format!("url = '{url}"), "SyntaxError"),
        ] {
            project.write("migrations/env.py", &format!("{head}{begin}{body}\nwith engine{tail}"));
            fail_with(&project, &[], words);
        }
        project.write("program.py", &format!("url = '{url}'\nraise RuntimeError('cannot use ' + url)\n"));
        let output = project.run(&["exec", "program.py"]);
        assert!(shown(&output).contains("RuntimeError: cannot use "), "{}", shown(&output));
    }
}

#[test]
fn a_command_line_that_is_refused_shows_no_password() {
    let project = project(Place::Postgresql);
    let url = project.url();
    for arguments in [
        &["upgrade", "head", "--url", &url][..],
        &["upgrade", "head", &format!("--url={url}")],
        &["upgrade", &url],
        &["--ur", &url, "nonsense"],
        &[&url, "upgrade"],
        &["current", "--format", "json", "--database", &url],
        &["--url", &url, "exec", "program.py"],
        &["upgrade", "head", "--lock-timeout", &url],
        &["-x", &url, "--url", "nonsense", "current"],
    ] {
        let output = project.run(arguments);
        assert!(!output.status.success(), "{arguments:?}: {}", shown(&output));
    }
}

#[test]
fn a_run_that_goes_well_shows_no_password_whatever_is_logged() {
    for place in SERVERS {
        let project = project(place);
        make_talkative(&project);
        project.edit("migrations/env.py", "poolclass=pool.NullPool", "echo='debug', echo_pool='debug'");
        for command in [
            &["upgrade", "-v", "head"][..],
            &["current", "-v"],
            &["current", "--format", "json"],
            &["history", "-i", "-v"],
            &["downgrade", "-v", "base"],
            &["upgrade", "head", "--sql"],
        ] {
            succeed(&project, command, &[]);
            let url = project.url();
            succeed(&project, &[&["--url", &url], command].concat(), &[]);
        }
    }
}
