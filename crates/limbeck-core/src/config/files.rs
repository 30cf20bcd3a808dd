//! Which ini file and which `pyproject.toml` a run uses: `-c`, `ALEMBIC_CONFIG`, or the default names.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::error::ConfigError;

/// The name by which a file counts as TOML.
const TOML_NAME: &str = "pyproject.toml";
/// The ini file when none is named.
const INI_NAME: &str = "alembic.ini";

/// The two files of a configuration; either may be missing on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFiles {
    /// The ini file.
    pub ini: PathBuf,
    /// The `pyproject.toml`.
    pub toml: PathBuf,
}

impl ConfigFiles {
    /// Chooses the files from what was given with `-c`, in order, and the value of `ALEMBIC_CONFIG`.
    ///
    /// A file called `pyproject.toml` is the TOML file, any other is the ini file; what is not named keeps its default.
    /// `ALEMBIC_CONFIG` changes the default.
    ///
    /// # Errors
    /// Two files of one kind.
    pub fn choose(named: &[PathBuf], alembic_config: Option<&OsStr>) -> Result<Self, ConfigError> {
        let mut files = Self { ini: INI_NAME.into(), toml: TOML_NAME.into() };
        if let Some(default) = alembic_config.filter(|value| !value.is_empty()) {
            let default = PathBuf::from(default);
            if is_toml(&default) {
                files.toml = default;
            } else {
                files.ini = default;
            }
        }
        let (mut ini, mut toml) = (None, None);
        for name in named {
            if is_toml(name) {
                if toml.replace(name.clone()).is_some() {
                    return Err(ConfigError::Command("pyproject.toml indicated more than once".to_owned()));
                }
            } else if ini.replace(name.clone()).is_some() {
                return Err(ConfigError::Command("only one ini file may be indicated".to_owned()));
            }
        }
        Ok(Self { ini: ini.unwrap_or(files.ini), toml: toml.unwrap_or(files.toml) })
    }
}

fn is_toml(path: &Path) -> bool {
    path.file_name() == Some(OsStr::new(TOML_NAME))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::PathBuf;

    use super::ConfigFiles;

    fn choose(named: &[&str], environment: Option<&str>) -> Result<(String, String), String> {
        let named: Vec<PathBuf> = named.iter().map(PathBuf::from).collect();
        ConfigFiles::choose(&named, environment.map(OsStr::new))
            .map(|files| (files.ini.display().to_string(), files.toml.display().to_string()))
            .map_err(|error| error.to_string())
    }

    /// Expectations from the reference's `CommandLine._inis_from_config`.
    #[test]
    fn files_are_chosen_by_option_then_environment_then_default() {
        for (named, environment, ini, toml) in [
            (&[][..], None, "alembic.ini", "pyproject.toml"),
            (&[], Some(""), "alembic.ini", "pyproject.toml"),
            (&[], Some("a/b.ini"), "a/b.ini", "pyproject.toml"),
            (&[], Some("a/pyproject.toml"), "alembic.ini", "a/pyproject.toml"),
            (&["x.ini"], Some("a/pyproject.toml"), "x.ini", "a/pyproject.toml"),
            (&["x/pyproject.toml"], Some("a/b.ini"), "a/b.ini", "x/pyproject.toml"),
            (&["x/pyproject.toml", "y.cfg"], None, "y.cfg", "x/pyproject.toml"),
            (&["other.toml"], None, "other.toml", "pyproject.toml"),
        ] {
            assert_eq!(choose(named, environment), Ok((ini.to_owned(), toml.to_owned())), "{named:?}");
        }
    }

    #[test]
    fn two_files_of_a_kind_are_refused() {
        assert_eq!(choose(&["a.ini", "b.ini"], None), Err("only one ini file may be indicated".to_owned()));
        assert_eq!(
            choose(&["pyproject.toml", "a/pyproject.toml"], None),
            Err("pyproject.toml indicated more than once".to_owned())
        );
    }
}
