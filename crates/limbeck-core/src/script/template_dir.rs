//! The templates that `init` makes new script directories of. The built-in ones are part of the program; a program that
//! uses the API can bring a directory of its own.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A file of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateFile {
    /// Its name in the template. `alembic.ini.mako` and `pyproject.toml.mako` become configuration files, all others are
    /// copied into the script directory as they are.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// A built-in template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// The name that `init --template` takes.
    pub name: &'static str,
    /// Its files, in the order in which they are written.
    pub files: &'static [TemplateFile],
}

/// The file that becomes the ini file.
pub const INI_TEMPLATE: &str = "alembic.ini.mako";
/// The file that becomes, or is appended to, `pyproject.toml`.
pub const TOML_TEMPLATE: &str = "pyproject.toml.mako";

/// Embeds a file of a template. Templates share what is the same in them, so the path may be in another template.
macro_rules! file {
    ($path:literal as $name:expr) => {
        TemplateFile { name: $name, text: include_str!(concat!("../../templates/", $path)) }
    };
}

/// The built-in templates, by name.
pub const TEMPLATES: &[Template] = &[
    Template {
        name: "async",
        files: &[
            file!("generic/alembic.ini.mako" as INI_TEMPLATE),
            file!("async/env.py" as "env.py"),
            file!("async/README" as "README"),
            file!("generic/script.py.mako" as "script.py.mako"),
        ],
    },
    Template {
        name: "generic",
        files: &[
            file!("generic/alembic.ini.mako" as INI_TEMPLATE),
            file!("generic/env.py" as "env.py"),
            file!("generic/README" as "README"),
            file!("generic/script.py.mako" as "script.py.mako"),
        ],
    },
    Template {
        name: "multidb",
        files: &[
            file!("multidb/alembic.ini.mako" as INI_TEMPLATE),
            file!("multidb/env.py" as "env.py"),
            file!("multidb/README" as "README"),
            file!("multidb/script.py.mako" as "script.py.mako"),
        ],
    },
    Template {
        name: "pyproject",
        files: &[
            file!("pyproject/alembic.ini.mako" as INI_TEMPLATE),
            file!("generic/env.py" as "env.py"),
            file!("pyproject/pyproject.toml.mako" as TOML_TEMPLATE),
            file!("pyproject/README" as "README"),
            file!("generic/script.py.mako" as "script.py.mako"),
        ],
    },
    Template {
        name: "pyproject_async",
        files: &[
            file!("pyproject/alembic.ini.mako" as INI_TEMPLATE),
            file!("async/env.py" as "env.py"),
            file!("pyproject/pyproject.toml.mako" as TOML_TEMPLATE),
            file!("pyproject_async/README" as "README"),
            file!("generic/script.py.mako" as "script.py.mako"),
        ],
    },
];

/// Where templates come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Templates {
    /// The program itself.
    #[default]
    BuiltIn,
    /// A directory that holds a directory for each template (the reference's `Config.get_template_directory()`).
    Directory(PathBuf),
}

/// A file that a new script directory is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name in the template.
    pub name: String,
    /// What is in it.
    pub content: Cow<'static, [u8]>,
    /// Where it is, unless it is built in.
    pub path: Option<PathBuf>,
}

impl Templates {
    /// Lists the templates in alphabetical order, each with what it is for.
    ///
    /// # Errors
    /// The directory cannot be read, or a template in it has no README.
    pub fn list(&self) -> Result<Vec<(String, String)>> {
        let Self::Directory(directory) = self else {
            let described = |template: &Template| (template.name.to_owned(), template.synopsis().to_owned());
            return Ok(TEMPLATES.iter().map(described).collect());
        };
        let described = |path: PathBuf| {
            let name = file_name(&path);
            let readme = path.join("README");
            let text = fs::read_to_string(&readme).map_err(|error| Error::io(&readme, error))?;
            Ok((name, text.lines().next().unwrap_or_default().trim_end().to_owned()))
        };
        entries(directory)?.into_iter().map(described).collect()
    }

    /// Gives the files of a template, in the order in which they are written.
    ///
    /// # Errors
    /// No such template; a directory or file that cannot be read.
    pub fn files(&self, name: &str) -> Result<Vec<SourceFile>> {
        let Self::Directory(directory) = self else {
            let template = Template::named(name).ok_or_else(|| {
                let names: Vec<&str> = TEMPLATES.iter().map(|template| template.name).collect();
                Error::command(format!("No such template {name}"))
                    .with_hint(format!("the templates are {}", names.join(", ")))
            })?;
            let source = |file: &TemplateFile| SourceFile {
                name: file.name.to_owned(),
                content: Cow::Borrowed(file.text.as_bytes()),
                path: None,
            };
            return Ok(template.files.iter().map(source).collect());
        };
        let template = directory.join(name);
        if !template.is_dir() {
            return Err(Error::command(format!("No such template {}", template.display())));
        }
        let source = |path: PathBuf| {
            let content = fs::read(&path).map_err(|error| Error::io(&path, error))?;
            Ok(SourceFile { name: file_name(&path), content: Cow::Owned(content), path: Some(path) })
        };
        entries(&template)?.into_iter().filter(|path| path.is_file()).map(source).collect()
    }
}

/// Writes the built-in templates below a directory, as the reference's package has them.
///
/// # Errors
/// A directory or file that cannot be made.
pub fn unpack(directory: &Path) -> Result<()> {
    for template in TEMPLATES {
        let own = directory.join(template.name);
        fs::create_dir_all(&own).map_err(|error| Error::io(&own, error))?;
        for file in template.files {
            let path = own.join(file.name);
            if fs::read(&path).is_ok_and(|present| present == file.text.as_bytes()) {
                continue;
            }
            fs::write(&path, file.text).map_err(|error| Error::io(&path, error))?;
        }
    }
    Ok(())
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let read =
        || fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>();
    let mut paths = read().map_err(|error| Error::io(directory, error))?;
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Template {
    /// The template of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    /// The text of one of its files.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&'static str> {
        self.files.iter().find(|file| file.name == name).map(|file| file.text)
    }

    /// What the template is for: the first line of its README.
    #[must_use]
    pub fn synopsis(&self) -> &'static str {
        self.file("README").and_then(|text| text.lines().next()).unwrap_or_default().trim_end()
    }
}

#[cfg(test)]
mod tests {
    use super::{INI_TEMPLATE, TEMPLATES, TOML_TEMPLATE, Template};

    #[test]
    fn every_template_has_the_files_that_init_needs() {
        for template in TEMPLATES {
            for name in [INI_TEMPLATE, "env.py", "README", "script.py.mako"] {
                assert!(template.file(name).is_some(), "{name} in {}", template.name);
            }
            assert_eq!(template.file(TOML_TEMPLATE).is_some(), template.name.starts_with("pyproject"));
        }
    }

    #[test]
    fn templates_are_found_by_their_whole_name() {
        assert_eq!(Template::named("generic").map(|template| template.name), Some("generic"));
        assert_eq!(Template::named("gen"), None);
    }
}
