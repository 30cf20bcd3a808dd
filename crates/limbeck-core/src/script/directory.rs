//! The script directory: where revisions live, and everything that is asked of them by symbol.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::error::RevisionError;
use super::iterate::RangeOptions;
use super::listing::Listing;
use super::map::{Links, RevisionMap};
use super::naming::{DEFAULT_FILE_TEMPLATE, DEFAULT_TRUNCATE_SLUG_LENGTH};
use super::resolve::{Target, only_revision, only_revisions};
use super::revision::{Node, RevisionArgument, RevisionId, format_as_comma};
use super::view::Script;
use crate::config::{Config, Messaging, PostWriteHook, TomlValue, absolute};
use crate::error::{BuiltinError, Error, Result};
use crate::host::ScriptHost;
use crate::mako::python_repr;
use crate::runtime::steps::{MigrationStep, RevisionStep, StampStep};

/// What a script directory is opened with, as the arguments of the reference's `ScriptDirectory`.
#[derive(Clone, Debug)]
pub struct ScriptDirectoryOptions {
    /// The directory with `env.py` and `script.py.mako`.
    pub dir: PathBuf,
    /// The name pattern of new revision files.
    pub file_template: String,
    /// The longest slug of a file name, in characters.
    pub truncate_slug_length: usize,
    /// The directories with revision files; `versions` below `dir` when empty.
    pub version_locations: Vec<PathBuf>,
    /// Compiled files without a source count as revision files, and cannot be used.
    pub sourceless: bool,
    /// The encoding of new files.
    pub output_encoding: String,
    /// The time zone of the dates in new files; local time when absent.
    pub timezone: Option<String>,
    /// What is run on new files.
    pub hooks: Vec<PostWriteHook>,
    /// Directories below the version locations have revision files too.
    pub recursive_version_locations: bool,
}

impl ScriptDirectoryOptions {
    /// The options of a directory that no configuration says more about.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            file_template: DEFAULT_FILE_TEMPLATE.to_owned(),
            truncate_slug_length: DEFAULT_TRUNCATE_SLUG_LENGTH,
            version_locations: Vec::new(),
            sourceless: false,
            output_encoding: "utf-8".to_owned(),
            timezone: None,
            hooks: Vec::new(),
            recursive_version_locations: false,
        }
    }

    /// Takes the options from a configuration.
    ///
    /// # Errors
    /// No `script_location`; values that cannot be read; a package that cannot be found.
    pub fn from_config(config: &Config, host: &dyn ScriptHost) -> Result<Self> {
        let location = match config.get_alembic_value("script_location")? {
            Some(TomlValue::String(location)) => location,
            None => return Err(Error::command("No 'script_location' key found in configuration.")),
            Some(other) => {
                return Err(Error::type_error(format!(
                    "expected str, bytes or os.PathLike object, not {}",
                    other.type_name()
                )));
            }
        };
        let truncate_slug_length = match config.get_alembic_option("truncate_slug_length")? {
            None => 0,
            Some(text) if text == "True" => 1,
            Some(text) if text == "False" => 0,
            Some(text) => super::python_text::int(&text)
                .and_then(|length| usize::try_from(length).ok())
                .ok_or_else(|| {
                    let text = python_repr(&text);
                    Error::value(format!("invalid literal for int() with base 10: {text}"))
                })?,
        };
        let package_path: Vec<String> = config.get_prepend_sys_paths_list()?.unwrap_or_default();
        let resource = |name: &str| coerce_resource_to_filename(name, &package_path, host);
        let mut version_locations = Vec::new();
        for location in config.get_version_locations_list()?.unwrap_or_default() {
            version_locations.push(resource(&location)?);
        }
        let option_or = |name: &str, default: &str| -> Result<String> {
            Ok(config.get_alembic_option(name)?.unwrap_or_else(|| default.to_owned()))
        };
        Ok(Self {
            dir: resource(&location)?,
            file_template: option_or("file_template", DEFAULT_FILE_TEMPLATE)?,
            truncate_slug_length: if truncate_slug_length == 0 {
                DEFAULT_TRUNCATE_SLUG_LENGTH
            } else {
                truncate_slug_length
            },
            version_locations,
            sourceless: config.get_alembic_boolean_option("sourceless")?,
            output_encoding: option_or("output_encoding", "utf-8")?,
            timezone: config.get_alembic_option("timezone")?,
            hooks: config.get_hooks_list()?,
            recursive_version_locations: config.get_alembic_boolean_option("recursive_version_locations")?,
        })
    }
}

/// Turns `package:directory` into the directory inside the package; any other name is a path.
///
/// # Errors
/// A package that is neither on `prepend_sys_path`, nor in the working directory, nor known to the host.
fn coerce_resource_to_filename(
    name: &str,
    package_path: &[String],
    host: &dyn ScriptHost,
) -> Result<PathBuf> {
    if Path::new(name).is_absolute() || !name.contains(':') {
        return Ok(Path::new(name).components().collect());
    }
    let mut parts = name.split(':');
    let package = parts.next().unwrap_or_default();
    let relative: PathBuf = package.split('.').collect();
    let found = package_path
        .iter()
        .map(String::as_str)
        .chain(["."])
        .map(|directory| Path::new(directory).join(&relative))
        .find(|path| path.is_dir());
    let mut directory = match found {
        Some(directory) => absolute(&directory),
        None => host.package_directory(package)?.ok_or_else(|| Error::Builtin {
            kind: BuiltinError::ModuleNotFound,
            message: format!("No module named '{package}'"),
        })?,
    };
    directory.extend(parts);
    Ok(directory)
}

/// How the errors of a request to the graph are told to the user.
///
/// The fields are those of the reference's `ScriptDirectory._catch_revision_errors`.
#[derive(Clone, Debug, Default)]
pub struct ErrorContext {
    /// The sentence about a range whose ends are not above each other; `%(start)s` and `%(end)s` are replaced.
    pub ancestor: Option<&'static str>,
    /// The sentence about several heads.
    pub multiple_heads: Option<&'static str>,
    /// The lower end as asked for.
    pub start: Option<RevisionArgument>,
    /// The upper end as asked for.
    pub end: Option<RevisionArgument>,
    /// The sentence about a symbol that names nothing.
    pub resolution: Option<&'static str>,
}

impl ErrorContext {
    /// Makes the sentence for the user.
    #[must_use]
    pub fn command_error(&self, error: RevisionError) -> Error {
        match error {
            RevisionError::RangeNotAncestor { lower, upper } => {
                let start = self.start.as_ref().unwrap_or(&lower).to_string();
                let end = self.end.as_ref().unwrap_or(&upper).to_string();
                let sentence = self.ancestor.unwrap_or(
                    "Requested range %(start)s:%(end)s does not refer to ancestor/descendant revisions along the \
                     same branch",
                );
                Error::command(sentence.replace("%(start)s", &start).replace("%(end)s", &end))
            }
            RevisionError::MultipleHeads { argument, .. } => {
                let end = self.end.as_ref().filter(|end| !end.is_empty());
                let argument = end.map_or(argument, ToString::to_string);
                Error::command(self.multiple_heads.map_or_else(
                    || {
                        format!(
                            "Multiple head revisions are present for given argument '{argument}'; please specify \
                             a specific target revision, '<branchname>@{argument}' to narrow to a specific head, \
                             or 'heads' for all heads"
                        )
                    },
                    str::to_owned,
                ))
            }
            RevisionError::Resolution { argument, hint, .. } => {
                let error = Error::command(match self.resolution {
                    Some(sentence) => sentence.to_owned(),
                    None => format!("Can't locate revision identified by '{argument}'"),
                });
                match hint {
                    Some(hint) => error.with_hint(hint),
                    None => error,
                }
            }
            error => Error::from_revision(error),
        }
    }
}

/// A script directory and its revisions, as the reference's `ScriptDirectory`.
///
/// Unlike there, the revision files are read when it is opened: what is wrong with one of them is known before
/// `env.py` runs and a database is touched.
#[derive(Clone, Debug)]
pub struct ScriptDirectory {
    pub(super) options: ScriptDirectoryOptions,
    pub(super) locations: Vec<PathBuf>,
    pub(super) messaging: Arc<Messaging>,
    pub(super) revision_map: RevisionMap,
}

impl ScriptDirectory {
    /// Opens the directory that a configuration names and reads its revisions.
    ///
    /// # Errors
    /// As [`ScriptDirectory::open`], and what the configuration lacks.
    pub fn from_config(config: &Config, host: &dyn ScriptHost) -> Result<Self> {
        Self::open(ScriptDirectoryOptions::from_config(config, host)?, Arc::clone(config.messaging()), host)
    }

    /// Does as [`ScriptDirectory::from_config`] for a command that runs env.py next, for which the host gets ready while
    /// the revision files are read.
    ///
    /// # Errors
    /// As [`ScriptDirectory::from_config`].
    pub fn from_config_before_env(config: &Config, host: &dyn ScriptHost) -> Result<Self> {
        let options = ScriptDirectoryOptions::from_config(config, host)?;
        Self::open_meanwhile(options, Arc::clone(config.messaging()), host, || host.expect_env())
    }

    /// Opens a directory and reads its revisions.
    ///
    /// # Errors
    /// A directory that does not exist; revision files that cannot be read; a graph with cycles or missing parents.
    pub fn open(
        options: ScriptDirectoryOptions,
        messaging: Arc<Messaging>,
        host: &dyn ScriptHost,
    ) -> Result<Self> {
        Self::open_meanwhile(options, messaging, host, || ())
    }

    fn open_meanwhile(
        options: ScriptDirectoryOptions,
        messaging: Arc<Messaging>,
        host: &dyn ScriptHost,
        meanwhile: impl FnOnce(),
    ) -> Result<Self> {
        let dir: PathBuf = options.dir.components().collect();
        let dir = if dir.as_os_str().is_empty() { PathBuf::from(Component::CurDir.as_os_str()) } else { dir };
        if !dir.exists() {
            return Err(Error::command(format!(
                "Path doesn't exist: {}.  Please use the 'init' command to create a new scripts folder.",
                dir.display()
            )));
        }
        let locations: Vec<PathBuf> = if options.version_locations.is_empty() {
            vec![absolute(&dir.join("versions"))]
        } else {
            options.version_locations.iter().map(|location| absolute(location)).collect()
        };
        let listing = Listing {
            locations: &locations,
            recursive: options.recursive_version_locations,
            sourceless: options.sourceless,
        };
        let revisions = listing.load(host, &messaging, meanwhile)?;
        let revision_map =
            RevisionMap::new(revisions, Arc::clone(&messaging)).map_err(Error::from_revision)?;
        Ok(Self { options: ScriptDirectoryOptions { dir, ..options }, locations, messaging, revision_map })
    }

    /// The directory with `env.py` and `script.py.mako`, as configured.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.options.dir
    }

    /// What the directory was opened with.
    #[must_use]
    pub fn options(&self) -> &ScriptDirectoryOptions {
        &self.options
    }

    /// The directories with revision files, absolute.
    #[must_use]
    pub fn version_locations(&self) -> &[PathBuf] {
        &self.locations
    }

    /// The one directory with revision files.
    ///
    /// # Errors
    /// Several are configured.
    pub fn versions(&self) -> Result<&Path> {
        match self.locations.as_slice() {
            [location] => Ok(location),
            _ => Err(Error::command("Multiple version_locations present")),
        }
    }

    /// The path of `env.py`.
    #[must_use]
    pub fn env_py_location(&self) -> PathBuf {
        self.options.dir.join("env.py")
    }

    /// Where status lines and warnings go.
    #[must_use]
    pub fn messaging(&self) -> &Arc<Messaging> {
        &self.messaging
    }

    /// The graph of the revisions.
    #[must_use]
    pub fn revision_map(&self) -> &RevisionMap {
        &self.revision_map
    }

    /// The revision at a place of the graph.
    #[must_use]
    pub fn script(&self, node: Node) -> Script<'_> {
        Script::new(&self.revision_map, node)
    }

    /// The revisions from `head` down to `base`, both included.
    ///
    /// # Errors
    /// Symbols that cannot be resolved, and a range whose ends are not above each other.
    pub fn walk_revisions(
        &self,
        base: &RevisionArgument,
        head: &RevisionArgument,
    ) -> Result<Vec<Script<'_>>> {
        let context =
            ErrorContext { start: Some(base.clone()), end: Some(head.clone()), ..ErrorContext::default() };
        let range =
            RangeOptions { inclusive: true, assert_relative_length: false, ..RangeOptions::default() };
        self.iterate(head, base, range, &context)
    }

    /// The revisions that an identifier, a symbol or several of them name; none for `base`.
    ///
    /// # Errors
    /// What cannot be resolved.
    pub fn get_revisions(&self, id: &RevisionArgument) -> Result<Vec<Script<'_>>> {
        self.get_nodes(id).map(|nodes| self.scripts(nodes))
    }

    fn get_nodes(&self, id: &RevisionArgument) -> Result<Vec<Node>> {
        self.revision_map
            .get_revisions(id)
            .and_then(only_revisions)
            .map_err(|error| ErrorContext::default().command_error(error))
    }

    /// The revision that an identifier or symbol names; `None` for `base`.
    ///
    /// # Errors
    /// What cannot be resolved, or names several.
    pub fn get_revision(&self, id: Option<&str>) -> Result<Option<Script<'_>>> {
        let found = self
            .revision_map
            .get_revision(id)
            .map_err(|error| ErrorContext::default().command_error(error))?;
        Ok(found.map(|node| self.script(node)))
    }

    /// The revisions that a database with these version rows is at, without those that others come after.
    ///
    /// # Errors
    /// Rows that no revision has.
    pub fn get_all_current(&self, rows: &RevisionArgument) -> Result<Vec<Script<'_>>> {
        let current = self
            .revision_map
            .get_all_current(rows)
            .map_err(|error| ErrorContext::default().command_error(error))?;
        Ok(self.scripts(current))
    }

    /// The identifiers that a symbol stands for: all heads for `heads`, one for any other, none for `base`.
    ///
    /// # Errors
    /// Several heads for `head`, and an unknown label.
    pub fn as_revision_number(&self, id: Option<&str>) -> Result<RevisionArgument> {
        let mut ids = self
            .revision_map
            .as_revision_numbers(id)
            .map_err(|error| ErrorContext::default().command_error(error))?;
        Ok(match (ids.is_empty(), id) {
            (true, _) => RevisionArgument::Nothing,
            (false, Some("heads")) => RevisionArgument::Several(ids),
            (false, _) => RevisionArgument::Symbol(ids.swap_remove(0)),
        })
    }

    /// The revisions between `lower` and `upper`, the uppermost first.
    ///
    /// # Errors
    /// [`Error::Revision`] with what the graph says, which is not told to the user as it is.
    pub fn iterate_revisions(
        &self,
        upper: &RevisionArgument,
        lower: &RevisionArgument,
        range: RangeOptions,
    ) -> Result<Vec<Script<'_>>> {
        Ok(self.scripts(self.revision_map.iterate_revisions(upper, lower, range)?))
    }

    fn iterate(
        &self,
        upper: &RevisionArgument,
        lower: &RevisionArgument,
        range: RangeOptions,
        context: &ErrorContext,
    ) -> Result<Vec<Script<'_>>> {
        let found = self.revision_map.iterate_revisions(upper, lower, range);
        Ok(self.scripts(found.map_err(|error| context.command_error(error))?))
    }

    /// The one head; `None` when there are no revisions.
    ///
    /// # Errors
    /// Several heads.
    pub fn get_current_head(&self) -> Result<Option<RevisionId>> {
        let context = ErrorContext {
            multiple_heads: Some(
                "The script directory has multiple heads (due to branching).Please use get_heads(), or merge the \
                 branches using alembic merge.",
            ),
            ..ErrorContext::default()
        };
        self.revision_map.get_current_head(None).map_err(|error| context.command_error(error))
    }

    /// The heads; with `consider_depends_on`, without those that another revision depends on.
    #[must_use]
    pub fn get_heads(&self, consider_depends_on: bool) -> Vec<RevisionId> {
        if consider_depends_on { self.revision_map.real_heads() } else { self.revision_map.heads() }
    }

    /// The one base; `None` when there are no revisions.
    ///
    /// # Errors
    /// Several bases.
    pub fn get_base(&self) -> Result<Option<RevisionId>> {
        let mut bases = self.get_bases();
        if bases.len() > 1 {
            return Err(Error::command("The script directory has multiple bases. Please use get_bases()."));
        }
        Ok(bases.pop())
    }

    /// The bases.
    #[must_use]
    pub fn get_bases(&self) -> Vec<RevisionId> {
        self.revision_map.bases()
    }

    /// The steps of an upgrade to `destination` of a database with these version rows.
    ///
    /// # Errors
    /// Symbols that cannot be resolved; a destination that is not above the rows.
    pub fn upgrade_revs(
        &self,
        destination: &RevisionArgument,
        rows: &RevisionArgument,
    ) -> Result<Vec<MigrationStep>> {
        let context = ErrorContext {
            ancestor: Some("Destination %(end)s is not a valid upgrade target from current head(s)"),
            end: Some(destination.clone()),
            ..ErrorContext::default()
        };
        let range = RangeOptions { implicit_base: true, ..RangeOptions::default() };
        let scripts = self.iterate(destination, rows, range, &context)?;
        Ok(scripts.iter().rev().map(|script| RevisionStep::upgrade_from_script(*script).into()).collect())
    }

    /// The steps of a downgrade to `destination` of a database with these version rows.
    ///
    /// # Errors
    /// Symbols that cannot be resolved; a destination that is not below the rows.
    pub fn downgrade_revs(
        &self,
        destination: &RevisionArgument,
        rows: &RevisionArgument,
    ) -> Result<Vec<MigrationStep>> {
        let context = ErrorContext {
            ancestor: Some("Destination %(end)s is not a valid downgrade target from current head(s)"),
            end: Some(destination.clone()),
            ..ErrorContext::default()
        };
        let range = RangeOptions { select_for_downgrade: true, ..RangeOptions::default() };
        let scripts = self.iterate(rows, destination, range, &context)?;
        Ok(scripts.iter().map(|script| RevisionStep::downgrade_from_script(*script).into()).collect())
    }

    /// The steps that stamp a database with these version rows with `revision`.
    ///
    /// # Errors
    /// Symbols that cannot be resolved or name several revisions.
    pub fn stamp_revs(
        &self,
        revision: &RevisionArgument,
        rows: &RevisionArgument,
    ) -> Result<Vec<MigrationStep>> {
        let context = ErrorContext {
            multiple_heads: Some("Multiple heads are present; please specify a single target revision"),
            ..ErrorContext::default()
        };
        let map = &self.revision_map;
        let heads = self.get_nodes(rows)?;
        let base = RevisionArgument::from("base");
        let revision = if revision.is_empty() { &base } else { revision };
        let mut filtered_heads = map.node_set();
        for symbol in revision.as_list().unwrap_or_default().into_iter().filter(|symbol| !symbol.is_empty()) {
            let on_line =
                map.filter_for_lineage(&heads, symbol, true).map_err(|error| context.command_error(error))?;
            filtered_heads.extend(on_line);
        }
        let mut destinations =
            map.get_revisions(revision).map_err(|error| ErrorContext::default().command_error(error))?;
        if destinations.is_empty() {
            destinations.push(Target::Nothing);
        }
        let head_ids = map.ids(&filtered_heads.iter().collect::<Vec<_>>());
        let mut steps: Vec<MigrationStep> = Vec::new();
        for destination in destinations {
            let destination = match destination {
                Target::Nothing => {
                    steps.extend(head_ids.iter().map(|head| StampStep::delete_branch(head.clone()).into()));
                    continue;
                }
                walked => only_revision(walked)?,
            };
            if filtered_heads.contains(destination) {
                continue;
            }
            let is_any_head = |links: Links| {
                let related = map.related([destination], links);
                filtered_heads.iter().any(|head| related.contains(head))
            };
            let id = map.revision(destination).id().clone();
            let (is_above, is_below) = if filtered_heads.is_empty() {
                (false, false)
            } else {
                (is_any_head(Links::AllNext), is_any_head(Links::NormalizedDown))
            };
            steps.push(match (is_above, is_below) {
                (true, true) => {
                    return Err(RevisionError::Unforeseen(format!(
                        "revision {id} is between the current heads {}",
                        format_as_comma(&head_ids)
                    ))
                    .into());
                }
                (true, false) => StampStep::move_heads(head_ids.clone(), id, false).into(),
                (false, true) => StampStep::move_heads(head_ids.clone(), id, true).into(),
                (false, false) => StampStep::new_branch(id).into(),
            });
        }
        Ok(steps)
    }

    fn scripts(&self, nodes: Vec<Node>) -> Vec<Script<'_>> {
        nodes.into_iter().map(|node| self.script(node)).collect()
    }
}
