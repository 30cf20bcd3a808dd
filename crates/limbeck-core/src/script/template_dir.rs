//! The templates that `init` makes new script directories of. They are part of the program: there is no directory of
//! templates on disk.

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
