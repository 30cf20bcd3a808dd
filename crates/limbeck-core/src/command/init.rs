//! `init`: a new script directory and its configuration, made of a template.

use std::fs;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use crate::config::{Config, absolute, alembic_table};
use crate::error::{Error, Result};
use crate::host::{TemplateArguments, TemplateValue};
use crate::mako::{self, Rendering};
use crate::script::template_dir::{INI_TEMPLATE, SourceFile, TOML_TEMPLATE, Templates};

/// Makes the script directory `directory` of the one of `templates` that is called `template`.
///
/// The ini file (and with some templates, `pyproject.toml`) that the configuration names is made too; one that exists
/// is left alone, except that `[tool.alembic]` is added to a `pyproject.toml` without it. With `package`, the
/// directories become Python packages.
///
/// As in the reference, `--quiet` silences the lines about directories and the last one, not those about files.
///
/// # Errors
/// The directory exists and is not empty; no such template; a file or directory that cannot be made. What was made
/// until then stays.
pub fn init(
    config: &Config,
    directory: &Path,
    template: &str,
    package: bool,
    templates: &Templates,
) -> Result<()> {
    let messaging = config.messaging();
    let directory = &pathlib(directory);
    if directory.exists() {
        let mut entries = fs::read_dir(directory).map_err(|error| Error::io(directory, error))?;
        if entries.next().is_some() {
            let shown = directory.display();
            return Err(Error::command(format!("Directory {shown} already exists and is not empty")));
        }
    }
    let files = templates.files(template)?;
    let ini = configuration_file(config.config_file_name(), "an ini file")?;
    let toml = if files.iter().any(|file| file.name == TOML_TEMPLATE) {
        Some(configuration_file(config.toml_file_name(), "a pyproject.toml")?)
    } else {
        None
    };

    if !directory.exists() {
        create_directory(config, directory)?;
    }
    let versions = directory.join("versions");
    create_directory(config, &versions)?;

    for file in &files {
        match (file.name.as_str(), &toml) {
            (INI_TEMPLATE, _) => write_ini(config, file, directory, &ini)?,
            (TOML_TEMPLATE, Some(toml)) => write_toml(config, file, directory, toml)?,
            (name, _) => generate(config, &directory.join(name), &file.content)?,
        }
    }
    if package {
        for path in [directory, &versions] {
            let path = absolute(path).join("__init__.py");
            messaging.status(&format!("Adding {}", path.display()), || {
                fs::write(&path, "").map_err(|error| Error::io(&path, error))
            })?;
        }
    }
    let ini = ini.display();
    messaging.message(&match toml {
        None => {
            format!("Please edit configuration/connection/logging settings in {ini} before proceeding.")
        }
        Some(toml) => format!(
            "Please edit configuration settings in {} and configuration/connection/logging settings in {ini} \
             before proceeding.",
            toml.display()
        ),
    });
    Ok(())
}

/// The path by the rules of Python's `pathlib`: `.` and doubled separators go, nothing becomes `.`.
fn pathlib(path: &Path) -> PathBuf {
    let clean: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if clean.as_os_str().is_empty() { PathBuf::from(".") } else { clean }
}

fn configuration_file(name: Option<&Path>, what: &str) -> Result<PathBuf> {
    name.map(absolute).ok_or_else(|| Error::command(format!("init needs a Config that names {what}")))
}

fn create_directory(config: &Config, directory: &Path) -> Result<()> {
    let shown = absolute(directory);
    config.messaging().status(&format!("Creating directory {}", shown.display()), || {
        fs::create_dir_all(directory).map_err(|error| Error::io(directory, error))
    })
}

fn generate(config: &Config, path: &Path, content: &[u8]) -> Result<()> {
    let shown = absolute(path);
    config.messaging().status_always(&format!("Generating {}", shown.display()), || {
        fs::write(path, content).map_err(|error| Error::io(path, error))
    })
}

fn write_ini(config: &Config, file: &SourceFile, directory: &Path, ini: &Path) -> Result<()> {
    if ini.exists() {
        config.messaging().message(&format!("File {} already exists, skipping", ini.display()));
        return Ok(());
    }
    generate(config, ini, substituted(file, &script_location(directory, ini))?.as_bytes())
}

fn write_toml(config: &Config, file: &SourceFile, directory: &Path, toml: &Path) -> Result<()> {
    let escaped = script_location(directory, toml).replace('\\', "\\\\").replace('"', "\\\"");
    let text = substituted(file, &escaped)?;
    if !toml.exists() {
        return generate(config, toml, text.as_bytes());
    }
    let present = fs::read_to_string(toml).map_err(|error| Error::io(toml, error))?;
    if alembic_table(&present, toml)?.is_some() {
        config.messaging().message_always(&format!(
            "File {} already exists and already has a [tool.alembic] section, skipping",
            toml.display()
        ));
        return Ok(());
    }
    config.messaging().status_always(&format!("Appending to existing {}", toml.display()), || {
        let append = |text: &str| fs::OpenOptions::new().append(true).open(toml)?.write_all(text.as_bytes());
        append(&format!("\n\n{text}")).map_err(|error| Error::io(toml, error))
    })
}

/// Renders a configuration file. The built-in ones name nothing but the script directory.
fn substituted(file: &SourceFile, script_location: &str) -> Result<String> {
    let Some(path) = &file.path else {
        return Ok(String::from_utf8_lossy(&file.content).replace("${script_location}", script_location));
    };
    let location = TemplateValue::String(script_location.to_owned());
    match mako::render_file(path, &TemplateArguments::from([("script_location".to_owned(), location)]), &[])?
    {
        Rendering::Text(text) => Ok(text),
        Rendering::Python(_, reason) => Err(Error::command(format!(
            "{}, line {}: init renders no template that needs Python, for {}",
            path.display(),
            reason.line,
            reason.what
        ))),
    }
}

/// How the configuration file at `file` names the directory: from its own directory on, unless it was given as an
/// absolute path. Percent signs are doubled, as values are interpolated.
fn script_location(directory: &Path, file: &Path) -> String {
    let posix = |path: &Path| {
        let text = path.to_string_lossy().replace('%', "%%");
        if cfg!(windows) { text.replace('\\', "/") } else { text }
    };
    if directory.is_absolute() {
        return posix(directory);
    }
    let absolute_directory = absolute(directory);
    let base = file.parent().unwrap_or(Path::new(""));
    // Steps up from a `..` can only be counted on the real path.
    let relative = relative_to(&absolute_directory, base)
        .or_else(|| relative_to(&fs::canonicalize(&absolute_directory).ok()?, &fs::canonicalize(base).ok()?));
    match relative {
        Some(relative) if relative.as_os_str().is_empty() => "%(here)s".to_owned(),
        Some(relative) => format!("%(here)s/{}", posix(&relative)),
        None => posix(&absolute_directory),
    }
}

/// The way from the directory `base` to `path`, both absolute; `None` when it leads up from a `..` or over drives.
fn relative_to(path: &Path, base: &Path) -> Option<PathBuf> {
    for (up, ancestor) in base.ancestors().enumerate() {
        if let Ok(rest) = path.strip_prefix(ancestor) {
            let mut way: PathBuf = std::iter::repeat_n("..", up).collect();
            way.push(rest);
            return Some(way.components().collect());
        }
        // A `..` cannot be stepped up from.
        ancestor.file_name()?;
    }
    None
}
