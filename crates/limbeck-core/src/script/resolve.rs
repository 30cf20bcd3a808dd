//! Symbols: how `head`, `heads`, `base`, partial identifiers, `ae10+2`, `label@head` and the like become revisions.

use super::error::RevisionError;
use super::map::{Links, NodeSet, RevisionMap};
use super::python_text;
use super::revision::{Node, RevisionArgument, RevisionId};
use crate::suggest;

type Result<T> = std::result::Result<T, RevisionError>;

/// The symbols that stand for revisions by themselves.
const SYMBOLS: [&str; 3] = ["base", "head", "heads"];

/// What a symbol leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// No revision: a walk that went past the end, or the state before the first revision.
    Nothing,
    /// The state before the first revision, where a walk down ended.
    Base,
    /// A revision.
    Revision(Node),
}

/// The parts of a relative destination such as `label@ae10+2`.
pub(super) struct RelativeDestination<'a> {
    pub(super) branch_label: Option<&'a str>,
    pub(super) symbol: Option<&'a str>,
    /// The steps as written, with their sign.
    pub(super) relative: &'a str,
    pub(super) steps: i64,
}

impl<'a> RelativeDestination<'a> {
    /// Reads a relative destination; `None` when `target` is absolute.
    ///
    /// What follows the number is left aside, as the reference does. A label may contain `@`: the first `@` behind
    /// which a symbol and a number stand ends it.
    pub(super) fn parse(target: &'a str) -> Option<Self> {
        let line_end = target.find('\n').unwrap_or(target.len());
        let labelled =
            target[..line_end].match_indices('@').filter(|(place, _)| *place > 0).find_map(|(place, _)| {
                Self::parse_without_label(&target[place + 1..])
                    .map(|parsed| Self { branch_label: Some(&target[..place]), ..parsed })
            });
        labelled.or_else(|| Self::parse_without_label(target))
    }

    fn parse_without_label(text: &'a str) -> Option<Self> {
        let symbol_end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        let (symbol, rest) = text.split_at(symbol_end);
        let digits = rest.strip_prefix(['+', '-'])?;
        let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        if length == 0 {
            return None;
        }
        let relative = &rest[..=length];
        Some(Self {
            branch_label: None,
            symbol: Some(symbol).filter(|symbol| !symbol.is_empty()),
            relative,
            steps: python_text::int(relative)?,
        })
    }

    /// The complaint about a walk that leaves the graph.
    pub(super) fn too_far(&self) -> RevisionError {
        did_not_produce(self.relative, self.steps)
    }
}

/// The complaint about a relative revision that leads nowhere.
pub(super) fn did_not_produce(relative: &str, steps: i64) -> RevisionError {
    RevisionError::Invalid(format!(
        "Relative revision {relative} didn't produce {} migrations",
        steps.unsigned_abs()
    ))
}

/// The identifiers that a symbol stands for before they are looked up, and its branch label.
pub(super) struct ResolvedSymbol<'a> {
    pub(super) ids: Vec<String>,
    pub(super) branch_label: Option<&'a str>,
}

/// The revisions that may be named with a label.
struct Branch<'a> {
    label: &'a str,
    line: NodeSet,
}

/// The revisions that share a line of descent with the revisions that a symbol names.
pub(super) struct Lineage {
    /// The symbols to resolve; empty when every revision belongs.
    shares: Vec<String>,
    include_dependencies: bool,
    members: Option<NodeSet>,
}

impl Lineage {
    /// Says whether a revision belongs. The symbols are resolved on the first question.
    pub(super) fn contains(&mut self, map: &RevisionMap, node: Node) -> Result<bool> {
        if self.shares.is_empty() {
            return Ok(true);
        }
        if self.members.is_none() {
            let mut starts = Vec::with_capacity(self.shares.len());
            for share in &self.shares {
                starts.push(map.revision_for_identifier(share, None)?);
            }
            let (up, down) = if self.include_dependencies {
                (Links::AllNext, Links::NormalizedDown)
            } else {
                (Links::Next, Links::Parents)
            };
            let mut members = map.related(starts.iter().copied(), up);
            members.extend(map.related(starts, down).iter());
            self.members = Some(members);
        }
        Ok(self.members.as_ref().is_some_and(|members| members.contains(node)))
    }
}

impl RevisionMap {
    /// Finds the revisions that an argument names; none for `base`.
    ///
    /// # Errors
    /// What cannot be found, is ambiguous, or is not on the branch that its label names.
    pub fn get_revisions(&self, argument: &RevisionArgument) -> Result<Vec<Target>> {
        match argument {
            RevisionArgument::Nothing => Ok(Vec::new()),
            RevisionArgument::Symbol(symbol) => self.get_revisions_of_symbol(symbol),
            RevisionArgument::Several(symbols) => {
                let mut found = Vec::with_capacity(symbols.len());
                for symbol in symbols {
                    found.extend(self.get_revisions_of_symbol(symbol)?);
                }
                Ok(found)
            }
        }
    }

    fn get_revisions_of_symbol(&self, symbol: &str) -> Result<Vec<Target>> {
        let resolved = self.resolve_revision_number(Some(symbol))?;
        if let [number] = resolved.ids.as_slice()
            && let Some(steps) = python_text::int(number)
            && steps < 0
        {
            // label@-2: down from the heads of the branch
            let mut found = Vec::new();
            for head in self.real_head_nodes() {
                if resolved.branch_label.is_none_or(|label| self[*head].has_branch_label(label)) {
                    found.push(self.walk(Target::Revision(*head), steps, None, true)?);
                }
            }
            return Ok(found);
        }
        let branch = if resolved.ids.is_empty() { None } else { self.branch(resolved.branch_label)? };
        let mut found = Vec::with_capacity(resolved.ids.len());
        for id in &resolved.ids {
            found.push(Target::Revision(self.revision_on_branch(id, branch.as_ref())?));
        }
        Ok(found)
    }

    /// Finds the revision that a symbol names; `None` for `base`.
    ///
    /// # Errors
    /// As [`RevisionMap::get_revisions`], and several heads where one is wanted.
    pub fn get_revision(&self, symbol: Option<&str>) -> Result<Option<Node>> {
        let resolved = self.resolve_revision_number(symbol)?;
        match resolved.ids.as_slice() {
            [] => {
                if let Some(label) = resolved.branch_label.filter(|label| !label.is_empty()) {
                    self.resolve_branch(label)?;
                }
                Ok(None)
            }
            [id] => self.revision_for_identifier(id, resolved.branch_label).map(Some),
            several => Err(RevisionError::MultipleHeads {
                heads: several.iter().map(|id| id.as_str().into()).collect(),
                argument: symbol.unwrap_or("None").to_owned(),
            }),
        }
    }

    /// The one head, or the one head of a branch; `None` when there is none.
    ///
    /// # Errors
    /// Several heads, and an unknown label.
    pub fn get_current_head(&self, branch_label: Option<&str>) -> Result<Option<RevisionId>> {
        let label = branch_label.filter(|label| !label.is_empty());
        let heads = match label {
            Some(label) => self.filter_nodes(self.head_nodes(), label, false)?,
            None => self.head_nodes().to_vec(),
        };
        if heads.len() > 1 {
            return Err(RevisionError::MultipleHeads {
                heads: self.ids(&heads),
                argument: label.map_or_else(|| "head".to_owned(), |label| format!("{label}@head")),
            });
        }
        Ok(heads.first().map(|head| self[*head].id.clone()))
    }

    /// The whole identifiers that a symbol stands for, where it is a symbol of its own (`head`, `heads`, `base`,
    /// also with a label), and the label; any other symbol stands for itself.
    ///
    /// # Errors
    /// Several heads for `head`, and an unknown label.
    pub fn as_revision_numbers(&self, symbol: Option<&str>) -> Result<Vec<String>> {
        self.resolve_revision_number(symbol).map(|resolved| resolved.ids)
    }

    pub(super) fn resolve_revision_number<'a>(&self, symbol: Option<&'a str>) -> Result<ResolvedSymbol<'a>> {
        let Some(symbol) = symbol else {
            return Ok(ResolvedSymbol { ids: Vec::new(), branch_label: None });
        };
        let (branch_label, name) = match symbol.split_once('@') {
            Some((label, name)) => (Some(label), name),
            None => (None, symbol),
        };
        let as_ids =
            |nodes: &[Node]| -> Vec<String> { nodes.iter().map(|node| self[*node].id.to_string()).collect() };
        let ids = match name {
            "heads" => match branch_label.filter(|label| !label.is_empty()) {
                Some(label) => as_ids(&self.filter_nodes(self.head_nodes(), label, false)?),
                None => as_ids(self.real_head_nodes()),
            },
            "head" => self.get_current_head(branch_label)?.iter().map(ToString::to_string).collect(),
            "base" => Vec::new(),
            other => vec![other.to_owned()],
        };
        Ok(ResolvedSymbol { ids, branch_label })
    }

    /// Finds the revision that stands for a branch: the one with the label, or the one so named.
    pub(super) fn resolve_branch(&self, branch_label: &str) -> Result<Node> {
        if let Some(node) = self.find(branch_label) {
            return Ok(node);
        }
        self.revision_for_identifier(branch_label, None).map_err(|error| match error {
            RevisionError::Resolution { hint, .. } => RevisionError::Resolution {
                message: format!("No such branch: '{branch_label}'"),
                argument: branch_label.to_owned(),
                hint,
            },
            other => other,
        })
    }

    /// Finds a revision by its identifier, a label, or the start of either, and checks its branch.
    pub(super) fn revision_for_identifier(&self, id: &str, check_branch: Option<&str>) -> Result<Node> {
        self.revision_on_branch(id, self.branch(check_branch)?.as_ref())
    }

    /// The branch that a label names; `None` without one.
    fn branch<'a>(&self, label: Option<&'a str>) -> Result<Option<Branch<'a>>> {
        let Some(label) = label.filter(|label| !label.is_empty()) else { return Ok(None) };
        let node = self.resolve_branch(label)?;
        let mut line = self.related([node], Links::Next);
        line.extend(self.related([node], Links::Parents).iter());
        Ok(Some(Branch { label, line }))
    }

    fn revision_on_branch(&self, id: &str, branch: Option<&Branch<'_>>) -> Result<Node> {
        let node = match self.find(id) {
            Some(node) => node,
            None => self.revision_for_partial_identifier(id, branch.map(|branch| branch.label))?,
        };
        match branch.filter(|branch| !branch.line.contains(node)) {
            None => Ok(node),
            Some(branch) => Err(RevisionError::Resolution {
                message: format!("Revision {} is not a member of branch '{}'", self[node].id, branch.label),
                argument: id.to_owned(),
                hint: Some(format!("{} is on another branch", self[node].id)),
            }),
        }
    }

    fn revision_for_partial_identifier(&self, id: &str, branch_label: Option<&str>) -> Result<Node> {
        if id.is_empty() {
            return Err(RevisionError::Unforeseen(
                "an empty revision identifier names no revision".to_owned(),
            ));
        }
        let mut matches: Vec<(&str, Node)> = self
            .keys()
            .iter()
            .filter(|(key, _)| key.starts_with(id) && key.chars().nth(3).is_some())
            .map(|(key, node)| (&**key, *node))
            .collect();
        if let Some(label) = branch_label {
            let mut lineage = self.lineage(label, false)?;
            let mut on_branch = Vec::with_capacity(matches.len());
            for (key, node) in matches {
                if lineage.contains(self, node)? {
                    on_branch.push((key, node));
                }
            }
            matches = on_branch;
        }
        let message = match matches.as_slice() {
            [(_, node)] => return Ok(*node),
            [] if id.chars().count() < 4 => format!(
                "No such revision or branch '{id}'; please ensure at least four characters are present for \
                 partial revision identifier matches"
            ),
            [] => format!("No such revision or branch '{id}'"),
            several => {
                let shown: Vec<String> = several.iter().take(3).map(|(key, _)| format!("'{key}'")).collect();
                format!("Multiple revisions start with '{id}': {}...", shown.join(", "))
            }
        };
        let hint = match matches.as_slice() {
            [] => self.suggestion(id),
            several => Some(start_of_several(id, several.iter().map(|(key, _)| *key))),
        };
        Err(RevisionError::Resolution { message, argument: id.to_owned(), hint })
    }

    /// Which symbol, identifier or label may be meant by one that names nothing.
    fn suggestion(&self, id: &str) -> Option<String> {
        let starting: Vec<&str> =
            self.keys().keys().map(|key| &**key).filter(|key| key.starts_with(id)).take(2).collect();
        if !starting.is_empty() {
            return Some(start_of_several(id, starting.into_iter()));
        }
        let known = SYMBOLS.into_iter().chain(self.keys().keys().map(|key| &**key));
        suggest::did_you_mean(&suggest::closest(id, known))
    }

    /// The lineage of what a symbol names.
    pub(super) fn lineage(&self, check_against: &str, include_dependencies: bool) -> Result<Lineage> {
        let resolved = self.resolve_revision_number(Some(check_against))?;
        let label = resolved.branch_label.filter(|label| !label.is_empty());
        let mut shares: Vec<String> = label.map(str::to_owned).into_iter().collect();
        shares.extend(resolved.ids);
        Ok(Lineage { shares, include_dependencies, members: None })
    }

    /// Those of some revisions that share a line of descent with what a symbol names.
    ///
    /// # Errors
    /// A symbol that cannot be resolved.
    pub fn filter_for_lineage(
        &self,
        targets: &[Node],
        check_against: &str,
        include_dependencies: bool,
    ) -> Result<Vec<Node>> {
        self.filter_nodes(targets, check_against, include_dependencies)
    }

    fn filter_nodes(&self, targets: &[Node], check_against: &str, dependencies: bool) -> Result<Vec<Node>> {
        let mut lineage = self.lineage(check_against, dependencies)?;
        let mut kept = Vec::with_capacity(targets.len());
        for node in targets {
            if lineage.contains(self, *node)? {
                kept.push(*node);
            }
        }
        Ok(kept)
    }

    /// As [`RevisionMap::filter_for_lineage`] for identifiers, which are looked up first.
    pub(super) fn filter_ids_for_lineage<'a>(
        &self,
        targets: &[&'a str],
        check_against: &str,
    ) -> Result<Vec<&'a str>> {
        let mut lineage = self.lineage(check_against, false)?;
        let mut kept = Vec::with_capacity(targets.len());
        for id in targets {
            if lineage.shares.is_empty() || lineage.contains(self, self.revision_for_identifier(id, None)?)? {
                kept.push(*id);
            }
        }
        Ok(kept)
    }

    /// Walks up (`steps` > 0) or down; a walk that leaves the graph gives [`Target::Nothing`] with `no_overwalk`,
    /// and ends at the last revision otherwise. `branch_label` decides between branches on the way up.
    pub(super) fn walk(
        &self,
        start: Target,
        steps: i64,
        branch_label: Option<&str>,
        no_overwalk: bool,
    ) -> Result<Target> {
        let mut current = start;
        let mut lineage: Option<Lineage> = None;
        for _ in 0..steps.unsigned_abs() {
            let children: Vec<Target> = if steps > 0 {
                let above: &[Node] = match current {
                    Target::Nothing | Target::Base => self.base_nodes(),
                    Target::Revision(node) => self.linked(node, Links::Next),
                };
                let mut children = Vec::with_capacity(above.len());
                for node in above {
                    let belongs = match branch_label.filter(|label| !label.is_empty()) {
                        Some(label) => {
                            if lineage.is_none() {
                                lineage = Some(self.lineage(label, false)?);
                            }
                            lineage.as_mut().map_or(Ok(true), |lineage| lineage.contains(self, *node))?
                        }
                        None => true,
                    };
                    if belongs {
                        children.push(Target::Revision(*node));
                    }
                }
                children
            } else {
                let below: &[Node] = match current {
                    Target::Base => &[],
                    Target::Nothing => self.head_nodes(),
                    Target::Revision(node) => self.linked(node, Links::Parents),
                };
                if below.is_empty() && current != Target::Base {
                    vec![Target::Base]
                } else {
                    below.iter().copied().map(Target::Revision).collect()
                }
            };
            match children.as_slice() {
                [] => return Ok(if no_overwalk { Target::Nothing } else { current }),
                [child] => current = *child,
                _ => return Err(RevisionError::Invalid("Ambiguous walk".to_owned())),
            }
        }
        Ok(current)
    }

    /// The revisions of a set of version rows and everything below them that no other of these comes after.
    ///
    /// # Errors
    /// Rows that no revision has.
    pub fn get_all_current(&self, rows: &RevisionArgument) -> Result<Vec<Node>> {
        let top = only_revisions(self.get_revisions(rows)?)?;
        let active = self.related(top, Links::NormalizedDown);
        let mut current: Vec<Node> = active
            .iter()
            .filter(|node| !self.linked(*node, Links::Next).iter().any(|next| active.contains(*next)))
            .collect();
        current.sort_by_key(|node| self.rank(*node));
        Ok(current)
    }
}

/// Says what an incomplete identifier is the start of.
fn start_of_several<'a>(id: &str, keys: impl Iterator<Item = &'a str>) -> String {
    let shown: Vec<String> = keys.take(3).map(|key| format!("'{key}'")).collect();
    format!("'{id}' is the start of {}", shown.join(", "))
}

/// The revisions of targets that must all be revisions.
pub(super) fn only_revisions(targets: Vec<Target>) -> Result<Vec<Node>> {
    targets.into_iter().map(only_revision).collect()
}

/// The revision of a target that must be one.
pub(super) fn only_revision(target: Target) -> Result<Node> {
    match target {
        Target::Revision(node) => Ok(node),
        Target::Nothing | Target::Base => Err(RevisionError::Unforeseen(
            "the walk ends before the first or after the last revision, where a revision is needed"
                .to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::RelativeDestination;

    /// Expectations from the reference's pattern of relative destinations.
    #[test]
    fn relative_destinations_are_taken_apart() {
        for (target, expected) in [
            ("+2", Some((None, None, "+2"))),
            ("-1", Some((None, None, "-1"))),
            ("ae10+2", Some((None, Some("ae10"), "+2"))),
            ("ae10+2x", Some((None, Some("ae10"), "+2"))),
            ("label@+2", Some((Some("label"), None, "+2"))),
            ("a b@c-3", Some((Some("a b"), Some("c"), "-3"))),
            ("a@b@c-3", Some((Some("a@b"), Some("c"), "-3"))),
            ("a@+1@c-3", Some((Some("a"), None, "+1"))),
            ("@c-3", None),
            ("a+@c-3", Some((Some("a+"), Some("c"), "-3"))),
            ("ae10", None),
            ("label@head", None),
            ("ae10+", None),
            ("ae10 +1", None),
            ("", None),
        ] {
            let found = RelativeDestination::parse(target);
            let found = found.map(|parsed| (parsed.branch_label, parsed.symbol, parsed.relative));
            assert_eq!(found, expected, "{target}");
        }
    }
}
