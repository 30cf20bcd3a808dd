//! What the command line can hold: the commands and options of the reference, and Limbeck's few extra ones.
//! Types only; [`crate::argparse`] reads the command line, and `clap` gives it these types and the help.

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use indexmap::IndexMap;
use limbeck_core::config::{DEFAULT_INI_SECTION, LockTimeout, OptionValue};

/// The release of Alembic whose behaviour this one follows, then our own.
const VERSION: &str = concat!("1.20.1 (Limbeck ", env!("CARGO_PKG_VERSION"), ")");

/// The heading of what Limbeck has and the reference has not.
pub const OWN: &str = "Limbeck only";
/// The commands that Limbeck has and the reference has not.
pub const OWN_COMMANDS: [&str; 2] = ["completion", "exec"];

/// What a command prints: lines as the reference does, or one JSON document.
// The values have no comments of their own: clap would make a second, longer form of the help of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
}

/// Database migrations for SQLAlchemy projects, with no Python on the machine
#[derive(Debug, Parser)]
#[command(name = "alembic", version = VERSION, disable_version_flag = true, disable_help_subcommand = true)]
pub struct Arguments {
    /// Print the version
    #[arg(long, action = ArgAction::Version)]
    version: Option<bool>,

    /// Read this ini file or pyproject.toml; twice for one of each [default: `ALEMBIC_CONFIG` or alembic.ini]
    #[arg(short, long, action = ArgAction::Append)]
    pub config: Vec<String>,

    /// Take the settings from this section of the ini file
    #[arg(short, long, default_value = DEFAULT_INI_SECTION)]
    pub name: String,

    /// Hand a value to env.py, usually as key=value; may be repeated
    #[arg(short, action = ArgAction::Append, allow_hyphen_values = true)]
    pub x: Vec<String>,

    /// Fail with the whole error instead of its message
    #[arg(long)]
    pub raiseerr: bool,

    /// Print no messages
    #[arg(short, long)]
    pub quiet: bool,

    /// Connect to this database, whatever the configuration says
    #[arg(long, help_heading = OWN)]
    pub url: Option<String>,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// A command with its options.
#[derive(Debug, Subcommand)]
#[command(rename_all = "snake_case")]
pub enum Command {
    /// List the revisions where the history branches
    Branches(Branches),
    /// Fail if the models and the database differ
    Check,
    /// Print a script that teaches a shell to complete commands, options and revisions (Limbeck only)
    Completion(Completion),
    /// Show which revisions the database is at
    Current(Current),
    /// Take migrations back, down to a revision
    Downgrade(Downgrade),
    /// Open revision files in $EDITOR
    Edit(Edit),
    /// Create the table that keeps the database's version, unless it is there
    EnsureVersion(EnsureVersion),
    /// Run a Python program that uses Alembic (Limbeck only)
    Exec(Exec),
    /// List the revisions that nothing follows
    Heads(Heads),
    /// List the revisions, newest first
    History(History),
    /// Make a script directory and its configuration
    Init(Init),
    /// List what `init` can make a script directory of
    ListTemplates,
    /// Make a revision that joins several others
    Merge(Merge),
    /// Make a revision file
    Revision(Revision),
    /// Show one or more revisions
    Show(Show),
    /// Record that the database is at a revision, without migrating it
    Stamp(Stamp),
    /// Apply migrations, up to a revision
    Upgrade(Upgrade),
}

/// The arguments of `branches`.
#[derive(Debug, Args)]
pub struct Branches {
    /// Show all there is to say of each revision
    #[arg(short, long)]
    pub verbose: bool,

    /// Print text, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = OWN)]
    pub format: Format,
}

/// The arguments of `completion`.
#[derive(Debug, Args)]
pub struct Completion {
    /// The shell: bash, zsh or fish
    pub shell: String,
}

/// The arguments of `current`.
#[derive(Debug, Args)]
pub struct Current {
    /// Fail unless the database is at all heads
    #[arg(short, long)]
    pub check_heads: bool,

    /// Show all there is to say of each revision
    #[arg(short, long)]
    pub verbose: bool,

    /// Print text, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = OWN)]
    pub format: Format,
}

/// Reads the value of `--lock-timeout`; [`crate::argparse`] has the words for one that is none.
fn lock_timeout(text: &str) -> Result<LockTimeout, &'static str> {
    LockTimeout::parse(text).ok_or("neither seconds nor 'off'")
}

/// How a command keeps other runs out, and what it tells of its own.
#[derive(Debug, Args)]
pub struct RunOptions {
    /// Wait this long for another run to end [default: `lock_timeout` of the configuration, or 600]
    #[arg(long, value_name = "SECONDS", value_parser = lock_timeout, help_heading = OWN)]
    pub lock_timeout: Option<LockTimeout>,

    /// Keep no other run out
    #[arg(long, help_heading = OWN)]
    pub no_lock: bool,

    /// Print how long each revision took
    #[arg(short, long, help_heading = OWN)]
    pub verbose: bool,
}

/// The arguments of `downgrade`.
#[derive(Debug, Args)]
pub struct Downgrade {
    /// Write the SQL to standard output and leave the database alone
    #[arg(long)]
    pub sql: bool,

    /// A word of your choice, for env.py to read
    #[arg(long)]
    pub tag: Option<String>,

    #[command(flatten)]
    pub run: RunOptions,

    /// The revision to go down to, such as ae10, -1 or base; a range from:to with --sql
    pub revision: String,
}

/// The arguments of `edit`.
#[derive(Debug, Args)]
pub struct Edit {
    /// The revision, or `current` for those of the database
    pub rev: String,
}

/// The arguments of `ensure_version`.
#[derive(Debug, Args)]
pub struct EnsureVersion {
    /// Write the SQL to standard output and leave the database alone
    #[arg(long)]
    pub sql: bool,
}

/// The arguments of `exec`.
#[derive(Debug, Args)]
pub struct Exec {
    /// The program's file, then its own arguments
    #[arg(required = true, num_args = 1.., trailing_var_arg = true, allow_hyphen_values = true)]
    pub program: Vec<String>,
}

/// The arguments of `heads`.
#[derive(Debug, Args)]
pub struct Heads {
    /// Show all there is to say of each revision
    #[arg(short, long)]
    pub verbose: bool,

    /// Count a revision that another depends on as followed
    #[arg(long)]
    pub resolve_dependencies: bool,

    /// Print text, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = OWN)]
    pub format: Format,
}

/// The arguments of `history`.
#[derive(Debug, Args)]
pub struct History {
    /// Only the revisions of a range, written from:to; either end may be left out
    #[arg(short, long)]
    pub rev_range: Option<String>,

    /// Show all there is to say of each revision
    #[arg(short, long)]
    pub verbose: bool,

    /// Mark the revisions that the database is at
    #[arg(short, long)]
    pub indicate_current: bool,

    /// Draw the revisions as a graph
    #[arg(long, help_heading = OWN)]
    pub graph: bool,

    /// Print text, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = OWN)]
    pub format: Format,
}

/// The arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// What to make it of; `list_templates` names the choices
    #[arg(short, long, default_value = "generic")]
    pub template: String,

    /// Add an empty `__init__.py` to each directory
    #[arg(long)]
    pub package: bool,

    /// The directory to make
    pub directory: String,
}

/// The arguments of `merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// What the revision is for
    #[arg(short, long)]
    pub message: Option<String>,

    /// A name for the branch that begins here
    #[arg(long)]
    pub branch_label: Option<String>,

    /// The identifier of the new revision, in place of a random one
    #[arg(long)]
    pub rev_id: Option<String>,

    /// Allow revisions that others follow already
    #[arg(long)]
    pub splice: bool,

    /// The revisions to join, or `heads`
    #[arg(required = true, num_args = 1..)]
    pub revisions: Vec<String>,
}

/// The arguments of `revision`.
#[derive(Debug, Args)]
pub struct Revision {
    /// What the revision is for
    #[arg(short, long)]
    pub message: Option<String>,

    /// Fill it with what makes the database like the models
    #[arg(long)]
    pub autogenerate: bool,

    /// Write the file's text to standard output instead
    #[arg(long)]
    pub sql: bool,

    /// The revision that the new one follows
    #[arg(long)]
    pub head: Option<String>,

    /// Allow to follow a revision that others follow already
    #[arg(long)]
    pub splice: bool,

    /// A name for the branch that begins here
    #[arg(long)]
    pub branch_label: Option<String>,

    /// Which of the version locations gets the file
    #[arg(long)]
    pub version_path: Option<String>,

    /// The identifier of the new revision, in place of a random one
    #[arg(long)]
    pub rev_id: Option<String>,

    /// A revision that must be applied first; may be repeated
    #[arg(long, action = ArgAction::Append)]
    pub depends_on: Vec<String>,
}

/// The arguments of `show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The revision, or `current` for those of the database
    pub rev: String,

    /// Print text, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = OWN)]
    pub format: Format,
}

/// The arguments of `stamp`.
#[derive(Debug, Args)]
pub struct Stamp {
    /// Write the SQL to standard output and leave the database alone
    #[arg(long)]
    pub sql: bool,

    /// A word of your choice, for env.py to read
    #[arg(long)]
    pub tag: Option<String>,

    /// Empty the version table first, whatever is in it
    #[arg(long)]
    pub purge: bool,

    #[command(flatten)]
    pub run: RunOptions,

    /// The revisions, or `heads`; `base` for none
    #[arg(required = true, num_args = 1..)]
    pub revisions: Vec<String>,
}

/// The arguments of `upgrade`.
#[derive(Debug, Args)]
pub struct Upgrade {
    /// Write the SQL to standard output and leave the database alone
    #[arg(long)]
    pub sql: bool,

    /// A word of your choice, for env.py to read
    #[arg(long)]
    pub tag: Option<String>,

    #[command(flatten)]
    pub run: RunOptions,

    /// The revision to go up to, such as ae10, +1 or head; a range from:to with --sql
    pub revision: String,
}

impl Arguments {
    /// Returns the options by the names of the reference's `Config.cmd_opts`, and under `cmd` the command's name.
    #[must_use]
    pub fn cmd_opts(&self) -> IndexMap<String, OptionValue> {
        let mut options = IndexMap::from([
            ("config".to_owned(), list(&self.config)),
            ("name".to_owned(), OptionValue::String(self.name.clone())),
            ("x".to_owned(), list(&self.x)),
            ("raiseerr".to_owned(), OptionValue::Bool(self.raiseerr)),
            ("quiet".to_owned(), OptionValue::Bool(self.quiet)),
        ]);
        let own = self.command.options();
        options.insert("cmd".to_owned(), OptionValue::String(self.command.name().to_owned()));
        options.extend(own.into_iter().map(|(name, value)| (name.to_owned(), value)));
        options
    }
}

/// An option that may be repeated; the reference's is `None` when it is not given.
fn list(values: &[String]) -> OptionValue {
    if values.is_empty() { OptionValue::None } else { OptionValue::List(values.to_vec()) }
}

fn string(value: Option<&String>) -> OptionValue {
    value.map_or(OptionValue::None, |value| OptionValue::String(value.clone()))
}

impl Command {
    /// Returns its name as it is typed.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Branches(_) => "branches",
            Self::Check => "check",
            Self::Completion(_) => "completion",
            Self::Current(_) => "current",
            Self::Downgrade(_) => "downgrade",
            Self::Edit(_) => "edit",
            Self::EnsureVersion(_) => "ensure_version",
            Self::Exec(_) => "exec",
            Self::Heads(_) => "heads",
            Self::History(_) => "history",
            Self::Init(_) => "init",
            Self::ListTemplates => "list_templates",
            Self::Merge(_) => "merge",
            Self::Revision(_) => "revision",
            Self::Show(_) => "show",
            Self::Stamp(_) => "stamp",
            Self::Upgrade(_) => "upgrade",
        }
    }

    /// Returns what it is to print.
    #[must_use]
    pub fn format(&self) -> Format {
        match self {
            Self::Branches(own) => own.format,
            Self::Current(own) => own.format,
            Self::Heads(own) => own.format,
            Self::History(own) => own.format,
            Self::Show(own) => own.format,
            _ => Format::Text,
        }
    }

    /// Returns the options of runs, if it is one of the commands that take steps.
    #[must_use]
    pub fn run_options(&self) -> Option<&RunOptions> {
        match self {
            Self::Downgrade(own) => Some(&own.run),
            Self::Stamp(own) => Some(&own.run),
            Self::Upgrade(own) => Some(&own.run),
            _ => None,
        }
    }

    fn options(&self) -> Vec<(&'static str, OptionValue)> {
        use OptionValue::{Bool, List, String};
        match self {
            Self::Check | Self::Completion(_) | Self::ListTemplates => Vec::new(),
            Self::Branches(own) => vec![("verbose", Bool(own.verbose))],
            Self::Current(own) => {
                vec![("check_heads", Bool(own.check_heads)), ("verbose", Bool(own.verbose))]
            }
            Self::Downgrade(own) => vec![
                ("sql", Bool(own.sql)),
                ("tag", string(own.tag.as_ref())),
                ("revision", String(own.revision.clone())),
            ],
            Self::Upgrade(own) => vec![
                ("sql", Bool(own.sql)),
                ("tag", string(own.tag.as_ref())),
                ("revision", String(own.revision.clone())),
            ],
            Self::Edit(own) => vec![("rev", String(own.rev.clone()))],
            Self::Show(own) => vec![("rev", String(own.rev.clone()))],
            Self::EnsureVersion(own) => vec![("sql", Bool(own.sql))],
            Self::Exec(own) => vec![("program", List(own.program.clone()))],
            Self::Heads(own) => {
                vec![("verbose", Bool(own.verbose)), ("resolve_dependencies", Bool(own.resolve_dependencies))]
            }
            Self::History(own) => vec![
                ("rev_range", string(own.rev_range.as_ref())),
                ("verbose", Bool(own.verbose)),
                ("indicate_current", Bool(own.indicate_current)),
            ],
            Self::Init(own) => vec![
                ("template", String(own.template.clone())),
                ("package", Bool(own.package)),
                ("directory", String(own.directory.clone())),
            ],
            Self::Merge(own) => vec![
                ("message", string(own.message.as_ref())),
                ("branch_label", string(own.branch_label.as_ref())),
                ("rev_id", string(own.rev_id.as_ref())),
                ("splice", Bool(own.splice)),
                ("revisions", List(own.revisions.clone())),
            ],
            Self::Revision(own) => vec![
                ("message", string(own.message.as_ref())),
                ("autogenerate", Bool(own.autogenerate)),
                ("sql", Bool(own.sql)),
                ("head", string(own.head.as_ref())),
                ("splice", Bool(own.splice)),
                ("branch_label", string(own.branch_label.as_ref())),
                ("version_path", string(own.version_path.as_ref())),
                ("rev_id", string(own.rev_id.as_ref())),
                ("depends_on", list(&own.depends_on)),
            ],
            Self::Stamp(own) => vec![
                ("sql", Bool(own.sql)),
                ("tag", string(own.tag.as_ref())),
                ("purge", Bool(own.purge)),
                ("revisions", List(own.revisions.clone())),
            ],
        }
    }
}
