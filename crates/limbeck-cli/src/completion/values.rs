//! What a project and the machine have to offer as values of arguments: revisions, labels, templates, sections, files.

use std::io;
use std::path::{Path, PathBuf};

use limbeck_core::config::{Config, ConfigFiles, ConfigOptions, DEFAULT_INI_SECTION};
use limbeck_core::host::{ScriptHost, TemplateArguments};
use limbeck_core::script::template_dir::TEMPLATES;
use limbeck_core::script::{RevisionArgument, RevisionHeader, ScriptDirectory};
use limbeck_core::{Error, Result};

use super::line::Files;
use super::{Candidate, SCRIPTS};

/// The candidates for an argument of the program or of a command. `start` is what is typed of it already.
pub(super) fn of(argument: &str, command: Option<&str>, start: &str, files: &Files) -> Vec<Candidate> {
    match (command, argument) {
        (None, "config") => paths(start, &["ini", "toml", "cfg"]),
        (None, "name") => sections(files),
        (Some("completion"), "shell") => {
            SCRIPTS.iter().map(|(shell, _)| Candidate::new(*shell, "")).collect()
        }
        (Some("init"), "template") => {
            TEMPLATES.iter().map(|template| Candidate::new(template.name, template.synopsis())).collect()
        }
        (Some("init"), "directory") | (Some("revision"), "version_path") => paths(start, &[]),
        (Some("exec"), _) => paths(start, &["py"]),
        (Some(_), "format") => vec![Candidate::new("text", ""), Candidate::new("json", "")],
        (Some("revision"), "head" | "depends_on") | (Some("merge"), "revisions") => {
            revisions(files, start, Symbols::OfScripts)
        }
        (Some("downgrade" | "upgrade" | "stamp"), "revision" | "revisions") => {
            ranges(files, start, Symbols::OfScripts)
        }
        (Some("edit" | "show"), "rev") => revisions(files, start, Symbols::AndCurrent),
        (Some("history"), "rev_range") => ranges(files, start, Symbols::AndCurrent),
        _ => Vec::new(),
    }
}

/// Which symbols stand for revisions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbols {
    /// Those that the scripts decide.
    OfScripts,
    /// Those, and `current`.
    AndCurrent,
}

/// Revisions, or behind a `:` the second end of a range.
fn ranges(files: &Files, start: &str, symbols: Symbols) -> Vec<Candidate> {
    let Some((lower, upper)) = start.split_once(':') else { return revisions(files, start, symbols) };
    let mut found = revisions(files, upper, symbols);
    for candidate in &mut found {
        candidate.word = format!("{lower}:{}", candidate.word);
    }
    found
}

/// The symbols, labels and identifiers; behind `label@` those of the branch.
fn revisions(files: &Files, start: &str, symbols: Symbols) -> Vec<Candidate> {
    let project = open(files).ok();
    let scripts = project.as_ref().and_then(|script| {
        script.walk_revisions(&RevisionArgument::from("base"), &RevisionArgument::from("heads")).ok()
    });
    let scripts = scripts.unwrap_or_default();
    if let Some((label, _)) = start.split_once('@') {
        let mut found = vec![
            Candidate::new(format!("{label}@head"), "the newest revision of the branch"),
            Candidate::new(format!("{label}@base"), "below the first revision of the branch"),
        ];
        let on_branch = scripts.iter().filter(|script| script.has_branch_label(label));
        found.extend(on_branch.map(|own| Candidate::new(format!("{label}@{}", own.id()), own.doc())));
        return found;
    }
    let mut found = vec![
        Candidate::new("head", "the newest revision"),
        Candidate::new("heads", "the newest revision of every branch"),
        Candidate::new("base", "below the first revision"),
    ];
    if symbols == Symbols::AndCurrent {
        found.push(Candidate::new("current", "where the database is"));
    }
    let mut labels: Vec<&str> =
        scripts.iter().flat_map(|script| script.revision().branch_labels()).map(|label| &**label).collect();
    labels.sort_unstable();
    labels.dedup();
    found.extend(labels.into_iter().map(|label| Candidate::new(format!("{label}@"), "a branch")));
    found.extend(scripts.iter().map(|script| Candidate::new(script.id().as_str(), script.doc())));
    found
}

/// A host without a language: what only Python can tell is not completed.
struct NoHost;

impl ScriptHost for NoHost {
    fn execute_header(&self, path: &Path) -> Result<RevisionHeader> {
        Err(Error::not_implemented(format!("{} must be executed", path.display())))
    }

    fn render_template(&self, template: &Path, _: &TemplateArguments) -> Result<String> {
        Err(Error::not_implemented(format!("{} must be executed", template.display())))
    }
}

fn open(files: &Files) -> Result<ScriptDirectory> {
    ScriptDirectory::from_config(&configuration(files)?, &NoHost)
}

fn configuration(files: &Files) -> Result<Config> {
    let named: Vec<PathBuf> = files.config.iter().map(PathBuf::from).collect();
    let chosen = ConfigFiles::choose(&named, std::env::var_os("ALEMBIC_CONFIG").as_deref())?;
    let options = ConfigOptions {
        toml_file: Some(chosen.toml),
        stdout: Some(Box::new(io::sink())),
        ..ConfigOptions::default()
    };
    Ok(Config::open(Some(&chosen.ini), files.name.as_deref().unwrap_or(DEFAULT_INI_SECTION), options))
}

/// The sections of the ini file that may hold a configuration: not those of logging and hooks.
fn sections(files: &Files) -> Vec<Candidate> {
    let is_other = |section: &str| {
        matches!(section, "loggers" | "handlers" | "formatters" | "post_write_hooks")
            || ["logger_", "handler_", "formatter_"].iter().any(|start| section.starts_with(start))
    };
    let read = |config: Config| {
        config.with_ini(|ini| {
            let sections = ini.sections().filter(|section| !is_other(section));
            sections.map(|section| Candidate::new(section, "")).collect()
        })
    };
    configuration(files).and_then(read).unwrap_or_default()
}

/// The directories, and the files with one of some extensions, that begin as typed.
fn paths(start: &str, extensions: &[&str]) -> Vec<Candidate> {
    let (directory, name) = match start.rfind('/') {
        Some(end) => start.split_at(end + 1),
        None => ("", start),
    };
    let Ok(entries) = std::fs::read_dir(if directory.is_empty() { "." } else { directory }) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(own) = entry.file_name().into_string() else { continue };
        if own.starts_with('.') && !name.starts_with('.') {
            continue;
        }
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if path.is_dir() {
            found.push(Candidate::new(format!("{directory}{own}/"), ""));
        } else if extensions.contains(&extension) {
            found.push(Candidate::new(format!("{directory}{own}"), ""));
        }
    }
    found.sort_by(|left, right| left.word.cmp(&right.word));
    found
}
