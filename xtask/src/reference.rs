//! `reference`: makes the reference's virtual environment under `target/` and records what it does in the cases.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use xtask::compare::difference;
use xtask::databases::Databases;
use xtask::record::Record;
use xtask::run::{Program, check_case, run_case};
use xtask::server::Server;
use xtask::session::Session;
use xtask::target_directory;

use crate::run_visibly;

/// The versions that define the reference's behaviour.
const PACKAGES: [&str; 2] = ["alembic==1.20.1", "sqlalchemy==2.1.9"];

/// The drivers that sessions on servers need besides; other sessions record what it is like without them.
const DRIVERS: [&str; 8] = [
    "sqlalchemy[asyncio]==2.1.9",
    "psycopg[binary]==3.3.9",
    "psycopg2-binary==2.9.13",
    "asyncpg==0.32.0",
    "pg8000==1.31.6",
    "pymysql",
    "aiomysql",
    "sqlalchemy-utils==0.43.0",
];

/// What sessions with `packages` use.
const ENV_PACKAGES: [&str; 8] = [
    "sqlalchemy[asyncio]==2.1.9",
    "aiosqlite==0.22.1",
    "python-dotenv==1.2.4",
    "nest_asyncio==1.6.0",
    "sqlalchemy-utils==0.43.0",
    "pydantic==2.14.3",
    "pydantic-settings==2.16.3",
    "email-validator==2.4.0",
];

/// Records the named cases, or all; with `--check` compares with the records instead. A case whose output differs
/// between two runs (the second has a random hash seed) is refused.
pub fn record(arguments: &[&str]) -> Result<(), String> {
    let (options, names): (Vec<&str>, Vec<&str>) =
        arguments.iter().partition(|argument| argument.starts_with('-'));
    if let Some(option) = options.iter().find(|option| !["--check", "--forked"].contains(option)) {
        return Err(format!("reference has no option {option}"));
    }
    let (check, is_forked) = (options.contains(&"--check"), options.contains(&"--forked"));
    let program = |seed: &str| {
        let program = reference_program(seed)?;
        if is_forked { forked(program) } else { Ok(program) }
    };
    let (first, second) = (program("0")?, program("random")?);
    let cases = cases(&names)?;
    let mut on_servers = None;
    if cases.iter().any(|case| needs_server(case)) {
        let databases = Databases::start()?;
        let programs = (server_program("0", &databases)?, server_program("random", &databases)?);
        on_servers = Some((databases, programs));
    }
    let mut with_packages = None;
    if cases.iter().any(|case| needs_packages(case)) {
        with_packages = Some((packages_program("0")?, packages_program("random")?));
    }
    let mut failures = Vec::new();
    for case in cases {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (first, second) = match (&on_servers, &with_packages) {
            (Some((_, (first, second))), _) if needs_server(&case) => (first, second),
            (_, Some((first, second))) if needs_packages(&case) => (first, second),
            _ => (&first, &second),
        };
        let result = if check { check_reference(&case, first) } else { record_case(&case, first, second) };
        match result {
            Ok(what) => println!("{name}: {what}"),
            Err(error) => {
                println!("{name}: FAILED");
                failures.push(error);
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n\n")) }
}

/// Returns the path of the reference's `alembic`, after making its environment where there is none.
pub fn reference_alembic() -> Result<PathBuf, String> {
    environment("reference-venv", &PACKAGES)
}

/// Makes a virtual environment with the packages below `target/`, where there is none; gives its `alembic`.
fn environment(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let environment = target_directory().join(name);
    let alembic = environment.join("bin/alembic");
    if alembic.exists() {
        return Ok(alembic);
    }
    let python_answers =
        Command::new("python3").arg("--version").output().is_ok_and(|out| out.status.success());
    if !python_answers {
        return Err(
            "the reference needs Python: install python3 and its venv module (tests do not need it)".into()
        );
    }
    let path = environment.display().to_string();
    run_visibly("python3", &["-m", "venv", &path])?;
    let pip = environment.join("bin/pip").display().to_string();
    run_visibly(&pip, &[&["install", "--quiet", "--disable-pip-version-check"], packages].concat())?;
    Ok(alembic)
}

/// Tells whether a case's session has a database on a server.
fn needs_server(case: &Path) -> bool {
    Session::read(case).is_ok_and(|session| session.server.is_some())
}

/// Tells whether a case's session uses packages.
fn needs_packages(case: &Path) -> bool {
    Session::read(case).is_ok_and(|session| session.packages)
}

/// Returns the reference with the packages that env.py files use.
fn packages_program(hash_seed: &str) -> Result<Program, String> {
    let alembic = environment("reference-packages-venv", &[&PACKAGES[..], &ENV_PACKAGES[..]].concat())?;
    Ok(program_of(alembic, hash_seed))
}

/// Returns the reference with drivers, and the servers that its sessions make their databases on.
fn server_program(hash_seed: &str, databases: &Databases) -> Result<Program, String> {
    let alembic = environment("reference-drivers-venv", &[&PACKAGES[..], &DRIVERS[..]].concat())?;
    let mut program = program_of(alembic, hash_seed);
    let servers = databases.variables().into_iter();
    program.databases = servers.map(|(name, url)| (name.to_owned(), url.to_owned())).collect();
    Ok(program)
}

/// Returns the reference as a program whose sets have the order of a hash seed.
pub fn reference_program(hash_seed: &str) -> Result<Program, String> {
    Ok(program_of(reference_alembic()?, hash_seed))
}

fn program_of(path: PathBuf, hash_seed: &str) -> Program {
    let environment = path.parent().and_then(Path::parent).map(Path::to_path_buf);
    // The interpreter may show the directory by its real name.
    let real = environment.as_ref().and_then(|path| path.canonicalize().ok());
    let python = path.with_file_name("python");
    let mut program = Program::new(path);
    program.python = Some(python);
    program.environment = vec![
        ("PYTHONHASHSEED".into(), hash_seed.into()),
        // A file that a session rewrites within a second could otherwise run in its old form.
        ("PYTHONDONTWRITEBYTECODE".into(), "1".into()),
    ];
    for path in environment.into_iter().chain(real) {
        program.replacements.push((path.display().to_string(), "<reference>".to_owned()));
    }
    program
}

/// Has a program run in forked children of one process, which gets the environment that it has now.
pub fn forked(mut program: Program) -> Result<Program, String> {
    program.server = Some(Arc::new(Server::start(&program.path, &program.environment)?));
    Ok(program)
}

fn cases(names: &[&str]) -> Result<Vec<PathBuf>, String> {
    let directory = xtask::cases_directory();
    if !names.is_empty() {
        return Ok(names.iter().map(|name| directory.join(name)).collect());
    }
    let mut cases: Vec<PathBuf> = fs::read_dir(&directory)
        .map_err(|error| format!("{}: {error}", directory.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    Ok(cases)
}

fn record_case(case: &Path, first: &Program, second: &Program) -> Result<String, String> {
    let record = run_case(case, first)?;
    let text = record.to_text();
    if let Some(difference) = difference(&text, &run_case(case, second)?.to_text()) {
        return Err(format!(
            "{}: the reference's output changes between runs:\n{difference}",
            case.display()
        ));
    }
    let path = case.join("record.txt");
    let old = fs::read_to_string(&path).unwrap_or_default();
    if old == text {
        return Ok("unchanged".to_owned());
    }
    fs::write(&path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(format!("recorded {} commands", record.entries.len()))
}

/// Compares with the record itself: the known differences are Limbeck's.
fn check_reference(case: &Path, program: &Program) -> Result<String, String> {
    let path = case.join("record.txt");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Record::parse(&text)?;
    let has_differences = case.join("known-differences").exists();
    if !has_differences {
        return check_case(case, program).map(|()| "agrees".to_owned());
    }
    match difference(&text, &run_case(case, program)?.to_text()) {
        None => Ok("agrees".to_owned()),
        Some(difference) => Err(format!("{}:\n{difference}", case.display())),
    }
}
