//! Writing a new revision file.

use std::fs;
use std::path::{Path, PathBuf};

use super::directory::{ErrorContext, ScriptDirectory};
use super::listing::load_revision;
use super::naming::{CreateDate, rev_path};
use super::resolve::only_revisions;
use super::revision::{Node, RevisionArgument, RevisionId};
use super::write_hooks;
use crate::config::absolute;
use crate::error::{BuiltinError, Error, Result};
use crate::host::{ScriptHost, TemplateArguments, TemplateValue};

/// A new revision, as the arguments of the reference's `ScriptDirectory.generate_revision`.
#[derive(Clone, Debug)]
pub struct GenerateRevision {
    /// Its identifier.
    pub rev_id: String,
    /// What it does, in a sentence; `empty message` when absent.
    pub message: Option<String>,
    /// The revisions it comes after; `head` when there is nothing.
    pub head: RevisionArgument,
    /// It may come after revisions that are no heads.
    pub splice: bool,
    /// The labels of the branch that starts with it.
    pub branch_label: RevisionArgument,
    /// The version location that its file goes to, where there are several.
    pub version_path: Option<PathBuf>,
    /// The revisions it depends on.
    pub depends_on: Vec<String>,
    /// Further arguments of the template, such as `upgrades`, `downgrades` and `imports`.
    pub template_arguments: TemplateArguments,
}

impl Default for GenerateRevision {
    /// A revision with a new identifier that comes after the one head.
    fn default() -> Self {
        Self {
            rev_id: super::naming::rev_id(),
            message: None,
            head: RevisionArgument::Nothing,
            splice: false,
            branch_label: RevisionArgument::Nothing,
            version_path: None,
            depends_on: Vec::new(),
            template_arguments: TemplateArguments::new(),
        }
    }
}

impl ScriptDirectory {
    /// Renders `script.py.mako` to a new revision file, has the post-write hooks run on it, and adds the revision to
    /// the graph.
    ///
    /// The template also gets what the host supplies by itself: the function `comma`, and `config`.
    /// Gives the place of the revision; `None` when `file_template` gives a name that is not a revision file's.
    ///
    /// # Errors
    /// Revisions that cannot be resolved; a head that is none, without `splice`; a file that cannot be written or
    /// read back; what a post-write hook says.
    pub fn generate_revision(
        &mut self,
        host: &dyn ScriptHost,
        request: &GenerateRevision,
    ) -> Result<Option<Node>> {
        RevisionId::verify(&request.rev_id).map_err(Error::from_revision)?;
        let context = ErrorContext {
            multiple_heads: Some(
                "Multiple heads are present; please specify the head revision on which the new revision should be \
                 based, or perform a merge.",
            ),
            ..ErrorContext::default()
        };
        let default_head = RevisionArgument::from("head");
        let head = if request.head == RevisionArgument::Nothing { &default_head } else { &request.head };
        let heads = self
            .revision_map
            .get_revisions(head)
            .and_then(only_revisions)
            .map_err(|error| context.command_error(error))?;
        if heads.iter().enumerate().any(|(index, head)| heads[..index].contains(head)) {
            return Err(Error::command("Duplicate head revisions specified"));
        }
        let create_date = CreateDate::now(self.options.timezone.as_deref())?;
        let version_path = self.version_path(request, &heads)?;
        if !self.options.version_locations.is_empty() {
            self.ensure_directory(&version_path)?;
        }
        let path = rev_path(
            &version_path,
            &self.options.file_template,
            &request.rev_id,
            request.message.as_deref(),
            self.options.truncate_slug_length,
            &create_date,
        )?;
        if let Some(directory) = path.parent() {
            self.ensure_directory(directory)?;
        }
        if !request.splice
            && let Some(head) = heads.iter().find(|head| !self.revision_map[**head].is_head())
        {
            return Err(Error::command(format!(
                "Revision {} is not a head revision; please specify --splice to create a new branch from this \
                 revision",
                self.revision_map[*head].id()
            )));
        }
        let arguments = self.template_arguments(request, &heads, &create_date)?;
        let template = self.options.dir.join("script.py.mako");
        self.messaging.status(&format!("Generating {}", absolute(&path).display()), || {
            let text = host.render_template(&template, &arguments)?;
            let bytes = encode(&text, &self.options.output_encoding)?;
            fs::write(&path, bytes).map_err(|error| Error::io(&path, error))
        })?;
        write_hooks::run(&self.options.hooks, &path, &self.messaging, host)?;
        let Some(revision) = load_revision(&path, host)? else { return Ok(None) };
        if !request.branch_label.is_empty() && revision.branch_labels().is_empty() {
            let labels = match &request.branch_label {
                RevisionArgument::Several(labels) => super::python_text::list_repr(labels),
                label => label.to_string(),
            };
            return Err(Error::command(format!(
                "Version {} specified branch_labels {labels}, however the migration file {} does not have them; \
                 have you upgraded your script.py.mako to include the 'branch_labels' section?",
                revision.id(),
                path.display()
            )));
        }
        let id = revision.id().clone();
        self.revision_map.add_revision(revision)?;
        Ok(self.revision_map.find(id.as_str()))
    }

    /// The version location that a new file goes to.
    fn version_path(&self, request: &GenerateRevision, heads: &[Node]) -> Result<PathBuf> {
        let path = match (&request.version_path, self.locations.as_slice()) {
            (Some(path), _) => path.clone(),
            (None, [location]) => location.clone(),
            (None, _) => heads
                .first()
                .and_then(|head| self.revision_map[*head].path().parent())
                .ok_or_else(|| {
                    Error::command("Multiple version locations present, please specify --version-path")
                })?
                .to_owned(),
        };
        let wanted = absolute(&path);
        if self.locations.contains(&wanted) {
            return Ok(path);
        }
        Err(Error::command(format!(
            "Path {} is not represented in current version locations",
            path.components().collect::<PathBuf>().display()
        )))
    }

    fn ensure_directory(&self, directory: &Path) -> Result<()> {
        let directory = absolute(directory);
        if directory.exists() {
            return Ok(());
        }
        self.messaging.status(&format!("Creating directory {}", directory.display()), || {
            fs::create_dir_all(&directory).map_err(|error| Error::io(&directory, error))
        })
    }

    fn template_arguments(
        &self,
        request: &GenerateRevision,
        heads: &[Node],
        create_date: &CreateDate,
    ) -> Result<TemplateArguments> {
        let mut depends_on = Vec::with_capacity(request.depends_on.len());
        for dependency in &request.depends_on {
            let Some(script) = self.get_revision(Some(dependency))? else {
                return Err(Error::command(format!(
                    "'{dependency}' names no revision that another could depend on"
                )));
            };
            // A label stays one; a partial identifier becomes whole.
            depends_on.push(if script.has_branch_label(dependency) {
                dependency.clone()
            } else {
                script.id().to_string()
            });
        }
        let text = |value: &str| TemplateValue::String(value.to_owned());
        let scalar =
            |mut values: Vec<TemplateValue>, several: fn(Vec<TemplateValue>) -> TemplateValue| match values
                .len()
            {
                0 => TemplateValue::None,
                1 => values.swap_remove(0),
                _ => several(values),
            };
        let down = self.revision_map.ids(heads).iter().map(|id| text(id.as_str())).collect();
        let labels = request.branch_label.as_list();
        let mut arguments = TemplateArguments::new();
        let mut set = |name: &str, value: TemplateValue| {
            arguments.insert(name.to_owned(), value);
        };
        set("up_revision", text(&request.rev_id));
        set("down_revision", scalar(down, TemplateValue::Tuple));
        set(
            "branch_labels",
            labels.map_or(TemplateValue::None, |labels| {
                TemplateValue::Tuple(labels.into_iter().map(text).collect())
            }),
        );
        set("depends_on", scalar(depends_on.iter().map(|id| text(id)).collect(), TemplateValue::List));
        set("create_date", TemplateValue::DateTime(create_date.datetime, create_date.offset));
        set("message", text(request.message.as_deref().unwrap_or("empty message")));
        set("refresh", TemplateValue::Bool(true));
        arguments.extend(request.template_arguments.clone());
        Ok(arguments)
    }
}

/// Encodes a new file.
fn encode(text: &str, encoding: &str) -> Result<Vec<u8>> {
    let largest = match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" => return Ok(text.as_bytes().to_vec()),
        "utf-8-sig" => return Ok([b"\xef\xbb\xbf", text.as_bytes()].concat()),
        "ascii" | "us-ascii" => 0x7f,
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => 0xff,
        _ => {
            return Err(Error::Builtin {
                kind: BuiltinError::Lookup,
                message: format!("unknown encoding: {encoding}"),
            });
        }
    };
    text.chars()
        .map(|c| {
            u8::try_from(u32::from(c)).ok().filter(|byte| *byte <= largest).ok_or_else(|| {
                Error::command(format!(
                    "the character '{c}' cannot be written in output_encoding '{encoding}'"
                ))
            })
        })
        .collect()
}
