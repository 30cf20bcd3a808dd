//! Tests of `Config`. What is expected was found by running the reference's `alembic.config.Config` on the same files.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use tempfile::TempDir;

use super::messaging::tests::Captured;
use super::{
    Config, ConfigOptions, DEFAULT_INI_SECTION, LockTimeout, OptionValue, TomlValue, WarningCategory,
};

/// A configuration whose output a test can read.
pub(crate) fn captured(config_file: Option<&Path>, quiet: bool) -> (Config, Captured) {
    let sink = Captured::default();
    let options = ConfigOptions { stdout: Some(Box::new(sink.clone())), quiet, ..Default::default() };
    (Config::open(config_file, DEFAULT_INI_SECTION, options), sink)
}

/// A directory with an `alembic.ini` and perhaps a `pyproject.toml`.
struct Project(TempDir);

impl Project {
    fn new(ini: Option<&str>, toml: Option<&str>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in [("alembic.ini", ini), ("pyproject.toml", toml)] {
            if let Some(text) = text {
                std::fs::write(directory.path().join(name), text).unwrap();
            }
        }
        Self(directory)
    }

    fn ini(text: &str) -> Self {
        Self::new(Some(text), None)
    }

    fn toml(text: &str) -> Self {
        Self::new(None, Some(text))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn here(&self) -> String {
        self.0.path().display().to_string()
    }

    fn config(&self) -> Config {
        self.config_with(ConfigOptions::default())
    }

    fn config_with(&self, options: ConfigOptions) -> Config {
        let options = ConfigOptions { toml_file: Some(self.path("pyproject.toml")), ..options };
        Config::open(Some(&self.path("alembic.ini")), DEFAULT_INI_SECTION, options)
    }
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn main_options_are_read_with_here_replaced() {
    let project = Project::ini("[alembic]\nscript_location = %(here)s/a%%b\nEmpty =\n");
    let config = project.config();
    let expected = format!("{}/a%b", project.here());
    assert_eq!(config.get_main_option("Script_Location").unwrap(), Some(expected));
    assert_eq!(config.get_main_option("empty").unwrap().as_deref(), Some(""));
    assert_eq!(config.get_main_option("nope").unwrap(), None);
    assert_eq!(config.get_main_option_or("nope", "x").unwrap(), "x");
    assert_eq!(config.get_main_option("here").unwrap(), Some(project.here()));
    assert_eq!(config.config_file_name(), Some(project.path("alembic.ini").as_path()));
}

#[test]
fn a_relative_ini_file_has_the_working_directory_in_here() {
    let config = Config::open(Some(Path::new("./no/../such.ini")), "alembic", ConfigOptions::default());
    config.set_main_option("x", "%(here)s").unwrap();
    let expected = std::env::current_dir().unwrap().join("no/..").display().to_string();
    assert_eq!(config.get_main_option("x").unwrap(), Some(expected));
}

#[test]
fn a_missing_section_is_an_error_for_options_and_nothing_for_sections() {
    let config = Config::open(Some(Path::new("nope.ini")), "alembic", ConfigOptions::default());
    assert_eq!(
        config.get_main_option("x").unwrap_err().to_string(),
        "No config file 'nope.ini' found, or file has no '[alembic]' section"
    );
    assert_eq!(config.get_section("alembic").unwrap(), None);
    assert_eq!(config.get_alembic_option("script_location").unwrap(), None);
    assert_eq!(config.get_version_locations_list().unwrap(), None);

    let in_memory = Config::open(None, "alembic", ConfigOptions::default());
    assert_eq!(in_memory.get_main_option("x").unwrap(), None);
    assert_eq!(
        in_memory.get_section_option("other", "x").unwrap_err().to_string(),
        "No config file None found, or file has no '[other]' section"
    );
    assert_eq!(in_memory.get_main_option("here").unwrap().as_deref(), Some("."));
}

#[test]
fn a_broken_ini_file_is_reported_at_each_use_with_its_place() {
    let project = Project::ini("[alembic]\nbroken\n");
    let config = project.config();
    for _ in 0..2 {
        let message = config.get_main_option("x").unwrap_err().to_string();
        let file = project.path("alembic.ini");
        assert_eq!(
            message,
            format!("Source contains parsing errors: '{}'\n\t[line  2]: 'broken\\n'", file.display())
        );
    }
}

#[test]
fn options_set_in_memory_are_seen_by_everyone_who_holds_the_configuration() {
    let config = Arc::new(Project::ini("[alembic]\nx = 1\n").config());
    let other = Arc::clone(&config);
    std::thread::spawn(move || {
        other.set_main_option("x", "2%%").unwrap();
        other.set_section_option("new", "y", "%(z)s").unwrap();
        other.set_section_option("new", "z", "3").unwrap();
    })
    .join()
    .unwrap();
    assert_eq!(config.get_main_option("x").unwrap().as_deref(), Some("2%"));
    assert_eq!(config.get_section_option("new", "y").unwrap().as_deref(), Some("3"));
    config.remove_main_option("x").unwrap();
    assert_eq!(config.get_main_option("x").unwrap(), None);
    assert_eq!(
        config.set_main_option("x", "50%").unwrap_err().to_string(),
        "invalid interpolation syntax in '50%' at position 2"
    );
}

#[test]
fn a_section_is_given_with_what_it_inherits() {
    let project = Project::ini("[DEFAULT]\na = 1\n[alembic]\nsqlalchemy.url = db://%(a)s\n");
    let section = project.config().get_section("alembic").unwrap().unwrap();
    let expected = [("here", project.here()), ("a", "1".into()), ("sqlalchemy.url", "db://1".into())];
    assert!(section.into_iter().eq(expected.map(|(key, value)| (key.to_owned(), value))));
}

#[test]
fn another_main_section_can_be_named() {
    let project = Project::ini("[alembic]\nx = 1\n[other]\nx = 2\n");
    let config = Config::open(Some(&project.path("alembic.ini")), "other", ConfigOptions::default());
    assert_eq!(config.config_ini_section(), "other");
    assert_eq!(config.get_main_option("x").unwrap().as_deref(), Some("2"));
}

#[test]
fn a_url_from_the_command_line_goes_before_every_other_and_is_taken_as_it_is() {
    let url = "postgresql://u:50%@h/d";
    for ini in [
        "[alembic]\nsqlalchemy.url = db://x\n",
        "[alembic]\nsqlalchemy.url = 100%\n",
        "[alembic]\n",
        "[other]\nsqlalchemy.url = db://other\n",
    ] {
        let project = Project::ini(ini);
        let config = project.config_with(ConfigOptions { url: Some(url.to_owned()), ..Default::default() });
        assert_eq!(config.get_main_option("sqlalchemy.URL").unwrap().as_deref(), Some(url), "{ini}");
        assert_eq!(config.get_alembic_option("sqlalchemy.url").unwrap().as_deref(), Some(url), "{ini}");
        let section = config.get_section("alembic").unwrap().unwrap();
        assert_eq!(section.get("sqlalchemy.url").map(String::as_str), Some(url), "{ini}");
        assert!(section.contains_key("here"), "{ini}");
        config.set_main_option("sqlalchemy.url", "db://from-env.py").unwrap();
        assert_eq!(config.get_main_option("sqlalchemy.url").unwrap().as_deref(), Some(url), "{ini}");
        if ini.contains("other") {
            let other = config.get_section_option("other", "sqlalchemy.url").unwrap();
            assert_eq!(other.as_deref(), Some("db://other"));
        }
    }
}

#[test]
fn version_locations_are_split_as_path_separator_says() {
    for (options, expected) in [
        ("version_locations = a:b : c d\npath_separator = os\n", &["a", "b", "c d"][..]),
        ("version_locations = a:b;;c\npath_separator = ;\n", &["a:b", "c"]),
        ("version_locations = a::b\npath_separator = :\n", &["a", "b"]),
        ("version_locations = a: :b\npath_separator = :\n", &["a", "", "b"]),
        ("version_locations = a   b,c\npath_separator = space\n", &["a", "b,c"]),
        ("version_locations =\n  a b\n  c\n\n  d\npath_separator = newline\n", &["a b", "c", "d"]),
        ("version_locations = a:b\nversion_path_separator = :\n", &["a", "b"]),
        ("version_locations = a:b\npath_separator = ;\nversion_path_separator = :\n", &["a:b"]),
        ("version_locations = a b, c ,d,,e:f\n", &["a", "b", "c", "", "d", "", "e:f"]),
    ] {
        let project = Project::ini(&format!("[alembic]\n{options}"));
        assert_eq!(
            project.config().get_version_locations_list().unwrap(),
            Some(strings(expected)),
            "{options}"
        );
    }
}

#[test]
fn prepended_paths_are_split_as_path_separator_says() {
    for (options, expected) in [
        ("prepend_sys_path = .\npath_separator = os\n", &["."][..]),
        ("prepend_sys_path = a:b\npath_separator = os\n", &["a", "b"]),
        ("prepend_sys_path = a b, c:d ,e\n", &["a", "b", "c", "d", "", "e"]),
        ("prepend_sys_path = a;b\nversion_path_separator = ;\n", &["a;b"]),
    ] {
        let project = Project::ini(&format!("[alembic]\n{options}"));
        assert_eq!(
            project.config().get_prepend_sys_paths_list().unwrap(),
            Some(strings(expected)),
            "{options}"
        );
    }
}

#[test]
fn old_ways_of_separating_paths_are_warned_about() {
    for (options, expected) in [
        ("path_separator = os\n", &[][..]),
        (
            "",
            &[
                "No path_separator found in configuration; falling back to legacy splitting on spaces/commas for \
                 version_locations.  Consider adding path_separator=os to Alembic config.",
                "No path_separator found in configuration; falling back to legacy splitting on spaces, commas, and \
                 colons for prepend_sys_path.  Consider adding path_separator=os to Alembic config.",
            ],
        ),
        (
            "version_path_separator = os\n",
            &[
                "The version_path_separator configuration parameter is deprecated; please use path_separator",
                "No path_separator found in configuration; falling back to legacy splitting on spaces, commas, and \
                 colons for prepend_sys_path.  Consider adding path_separator=os to Alembic config.",
            ],
        ),
    ] {
        let project =
            Project::ini(&format!("[alembic]\nversion_locations = a\nprepend_sys_path = b\n{options}"));
        let config = project.config();
        config.get_version_locations_list().unwrap();
        config.get_prepend_sys_paths_list().unwrap();
        let warnings = config.messaging().warnings();
        assert!(warnings.iter().all(|warning| warning.category == WarningCategory::Deprecation));
        let messages: Vec<&str> = warnings.iter().map(|warning| warning.message.as_str()).collect();
        assert_eq!(messages, expected, "{options}");
    }
}

#[test]
fn unknown_path_separators_are_refused() {
    let project = Project::ini("[alembic]\nversion_locations = a\npath_separator = ,\n");
    assert_eq!(
        project.config().get_version_locations_list().unwrap_err().to_string(),
        "',' is not a valid value for path_separator; expected 'space', 'newline', 'os', ':', ';'"
    );
}

#[test]
fn toml_values_have_here_replaced_and_keep_their_types() {
    let project = Project::toml(
        "[tool.alembic]\nscript_location = \"%(here)s/a%%b\"\nversion_locations = [\"%(here)s/v\", \"w\"]\n\
         prepend_sys_path = []\ntruncate_slug_length = 30\nsourceless = true\nt = {a = \"%(here)s\"}\n\
         revision_environment = false\nfile_template = \"%%(rev)s\"\n",
    );
    let config = project.config();
    let here = project.here();
    assert_eq!(config.get_alembic_option("script_location").unwrap(), Some(format!("{here}/a%b")));
    assert_eq!(config.get_alembic_option("file_template").unwrap().as_deref(), Some("%(rev)s"));
    assert_eq!(config.get_alembic_option("truncate_slug_length").unwrap().as_deref(), Some("30"));
    assert_eq!(config.get_alembic_option("revision_environment").unwrap().as_deref(), Some("False"));
    assert_eq!(config.get_version_locations_list().unwrap(), Some(vec![format!("{here}/v"), "w".into()]));
    assert_eq!(config.get_prepend_sys_paths_list().unwrap(), Some(Vec::new()));
    assert!(config.get_alembic_boolean_option("sourceless").unwrap());
    assert!(!config.get_alembic_boolean_option("recursive_version_locations").unwrap());
    assert_eq!(
        config.get_alembic_value("t").unwrap(),
        Some(TomlValue::Table(IndexMap::from([("a".to_owned(), here)])))
    );
    assert_eq!(
        config.get_alembic_option("version_locations").unwrap_err().to_string(),
        format!(
            "{}: string value expected for TOML parameter 'version_locations'",
            project.path("pyproject.toml").display()
        )
    );
}

#[test]
fn the_ini_file_goes_before_toml() {
    let project = Project::new(
        Some("[alembic]\nscript_location = ini\nsourceless = True\n"),
        Some("[tool.alembic]\nscript_location = \"toml\"\nsourceless = true\ntimezone = \"UTC\"\n"),
    );
    let config = project.config();
    assert_eq!(config.get_alembic_option("script_location").unwrap().as_deref(), Some("ini"));
    assert_eq!(config.get_alembic_option("timezone").unwrap().as_deref(), Some("UTC"));
    assert_eq!(config.get_main_option("timezone").unwrap(), None);
    // Only "true" in lower case counts.
    assert!(!config.get_alembic_boolean_option("sourceless").unwrap());
}

#[test]
fn bad_toml_is_refused() {
    for (toml, expected) in [
        ("tool = 3\n", "Incorrect TOML format"),
        ("[tool]\nalembic = 3\n", "Incorrect TOML format"),
        ("[tool.alembic]\nx = 3.5\n", "unsupported TOML value type for key: 'x'"),
        ("[tool.alembic]\nx = 1979-05-27\n", "unsupported TOML value type for key: 'x'"),
        ("[tool.alembic]\nx = \"%(no)s\"\n", "FILE: value of 'x': 'no' is not a known name in '%(no)s'"),
        ("[tool.alembic]\nx = \"50%\"\n", "FILE: value of 'x': incomplete format in '50%'"),
        ("[tool.alembic]\nx = [1]\n", "FILE: list of strings expected for TOML parameter 'x'"),
        ("[tool.alembic]\nx = {y = 1}\n", "FILE: string value expected for TOML parameter 'x.y'"),
    ] {
        let project = Project::toml(toml);
        let expected = expected.replace("FILE", &project.path("pyproject.toml").display().to_string());
        assert_eq!(project.config().get_alembic_option("x").unwrap_err().to_string(), expected, "{toml}");
    }
    let project = Project::toml("[tool.alembic]\n\nx = \n");
    let message = project.config().get_alembic_option("x").unwrap_err().to_string();
    assert!(
        message.starts_with(&format!("{}, line 3: ", project.path("pyproject.toml").display())),
        "{message}"
    );
    assert_eq!(
        Project::toml("[tool.alembic]\nx = \"true\"\n")
            .config()
            .get_alembic_boolean_option("x")
            .unwrap_err()
            .to_string(),
        "boolean value expected for TOML parameter 'x'"
    );
}

#[test]
fn hooks_are_read_from_the_ini_file_in_their_order() {
    let project = Project::ini(
        "[post_write_hooks]\nhooks = ruff, black  other\nblack.type = console_scripts\n\
         black.options = -l 79 %(here)s\nruff.type = exec\nblacker.type = x\n",
    );
    let hooks = project.config().get_hooks_list().unwrap();
    let names: Vec<&str> = hooks.iter().map(|hook| hook.name.as_str()).collect();
    assert_eq!(names, ["ruff", "black", "other"]);
    let options = [("type", "console_scripts".to_owned()), ("options", format!("-l 79 {}", project.here()))];
    assert_eq!(hooks[1].options, options.map(|(key, value)| (key.to_owned(), value)).into());
    assert!(hooks[2].options.is_empty());
}

#[test]
fn hooks_are_read_from_toml_unless_the_ini_file_has_their_section() {
    let toml = "[[tool.alembic.post_write_hooks]]\nname = \"ruff\"\ntype = \"exec\"\noptions = \"%(here)s\"\n\
                [[tool.alembic.post_write_hooks]]\nname = \"black\"\n";
    let project = Project::toml(toml);
    let hooks = project.config().get_hooks_list().unwrap();
    assert_eq!(hooks.len(), 2);
    assert_eq!(hooks[0].name, "ruff");
    assert_eq!(
        hooks[0].options,
        [("type", "exec".to_owned()), ("options", project.here())]
            .map(|(key, value)| (key.to_owned(), value))
            .into()
    );
    let both = Project::new(Some("[post_write_hooks]\n"), Some(toml));
    assert_eq!(both.config().get_hooks_list().unwrap(), []);
    let nameless = Project::toml("[tool.alembic]\npost_write_hooks = [{type = \"exec\"}]\n");
    let message = nameless.config().get_hooks_list().unwrap_err().to_string();
    assert!(
        message.ends_with("string value expected for TOML parameter 'post_write_hooks.name'"),
        "{message}"
    );
}

#[test]
fn what_the_command_line_gave_is_kept_as_it_was_given() {
    let options = ConfigOptions {
        x_arguments: vec!["a=1".into(), "b".into()],
        cmd_opts: Some(IndexMap::from([("sql".to_owned(), OptionValue::Bool(true))])),
        config_args: IndexMap::from([("tenant".to_owned(), "t1".to_owned())]),
        ..Default::default()
    };
    let project = Project::ini("[alembic]\nx = %(tenant)s\n");
    let config = project.config_with(options);
    assert_eq!(config.x_arguments(), ["a=1", "b"]);
    assert_eq!(config.cmd_opts().and_then(|options| options.get("sql")), Some(&OptionValue::Bool(true)));
    assert_eq!(config.get_main_option("x").unwrap().as_deref(), Some("t1"));
}

#[test]
fn an_ini_file_that_is_a_directory_counts_as_missing() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config::open(Some(directory.path()), "alembic", ConfigOptions::default());
    assert_eq!(config.get_alembic_option("script_location").unwrap(), None);
}

#[test]
fn a_lock_timeout_is_seconds_or_off() {
    for (text, expected) in [
        ("600", Some(LockTimeout::After(Duration::from_mins(10)))),
        (" 0.5 ", Some(LockTimeout::After(Duration::from_millis(500)))),
        ("0", Some(LockTimeout::After(Duration::ZERO))),
        ("OFF", Some(LockTimeout::Off)),
        ("-1", None),
        ("soon", None),
        ("inf", None),
        ("", None),
    ] {
        assert_eq!(LockTimeout::parse(text), expected, "{text}");
    }
}
