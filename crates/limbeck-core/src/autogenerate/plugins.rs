//! Which comparisons are on: the reference's `autogenerate_plugins`.

use crate::error::{Error, Result};

/// The name of the reference's logger, which logging configurations speak of.
const LOG: &str = "alembic.runtime.plugins";

/// The comparisons that are on, by the reference's plugin names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one switch for each plugin")]
pub(super) struct Plugins {
    /// `alembic.autogenerate.schemas`: without it nothing is compared at all.
    pub(super) schemas: bool,
    /// `alembic.autogenerate.tables`: tables and columns.
    pub(super) tables: bool,
    /// `alembic.autogenerate.types`
    pub(super) types: bool,
    /// `alembic.autogenerate.constraints`: indexes, unique constraints, foreign keys, nullability.
    pub(super) constraints: bool,
    /// `alembic.autogenerate.defaults`
    pub(super) defaults: bool,
    /// `alembic.autogenerate.comments`
    pub(super) comments: bool,
}

/// The plugin that compares CHECK constraints by name, and the name that it had before 1.19.2.
const CHECK_CONSTRAINTS: &str = "alembic.ext.checkconstraint_byname";
const CHECK_CONSTRAINTS_LEGACY: &str = "alembic.autogenerate.checkconstraint_byname";

impl Plugins {
    /// Turns on what the expressions ask for; `None` is all of `alembic.autogenerate.*`.
    ///
    /// # Errors
    /// An expression that names nothing, or that is none.
    pub(super) fn select(expressions: Option<&[String]>) -> Result<Self> {
        let default = ["alembic.autogenerate.*".to_owned()];
        let expressions = expressions.unwrap_or(&default);
        let mut include: Vec<(&str, bool)> = Vec::new();
        let mut exclude: Vec<&str> = Vec::new();
        for expression in expressions {
            let name = expression.strip_prefix('~').unwrap_or(expression);
            check_expression(name)?;
            match expression.strip_prefix('~') {
                Some(name) => exclude.push(name),
                None => include.push((expression, false)),
            }
        }
        let mut plugins = Self::default();
        for name in [
            "alembic.autogenerate.schemas",
            "alembic.autogenerate.tables",
            "alembic.autogenerate.types",
            "alembic.autogenerate.constraints",
            "alembic.autogenerate.defaults",
            "alembic.autogenerate.comments",
            CHECK_CONSTRAINTS,
        ] {
            if exclude.iter().any(|expression| matches(expression, name)) {
                continue;
            }
            let mut included = false;
            for (expression, used) in &mut include {
                if matches(expression, name) {
                    *used = true;
                    included = true;
                }
            }
            if !included {
                continue;
            }
            log::info!(target: LOG, "setting up autogenerate plugin {name}");
            match name {
                "alembic.autogenerate.schemas" => plugins.schemas = true,
                "alembic.autogenerate.tables" => plugins.tables = true,
                "alembic.autogenerate.types" => plugins.types = true,
                "alembic.autogenerate.constraints" => plugins.constraints = true,
                "alembic.autogenerate.defaults" => plugins.defaults = true,
                "alembic.autogenerate.comments" => plugins.comments = true,
                _ => {
                    return Err(Error::command(format!(
                        "this build of Limbeck has no comparison of CHECK constraints: {CHECK_CONSTRAINTS}"
                    )));
                }
            }
        }
        let missing: Vec<&str> =
            include.iter().filter(|(_, used)| !used).map(|(expression, _)| *expression).collect();
        if missing.is_empty() {
            Ok(plugins)
        } else {
            Err(Error::command(format!("Did not locate plugins: {}", missing.join(", "))))
        }
    }
}

/// Refuses what is neither a dotted name nor has `*` for a part.
fn check_expression(expression: &str) -> Result<()> {
    let is_identifier = |token: &str| {
        token.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && token.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    if expression.split('.').all(|token| token == "*" || is_identifier(token)) {
        return Ok(());
    }
    Err(Error::value(format!("Invalid plugin expression {}", limbeck_sql::engine::text_repr(expression))))
}

/// Tells whether an expression names a plugin; `*` stands for one part or more.
fn matches(expression: &str, name: &str) -> bool {
    let expression = if expression == CHECK_CONSTRAINTS_LEGACY { CHECK_CONSTRAINTS } else { expression };
    let pattern: Vec<&str> = expression.split('.').collect();
    let parts: Vec<&str> = name.split('.').collect();
    matches_parts(&pattern, &parts)
}

fn matches_parts(pattern: &[&str], parts: &[&str]) -> bool {
    match (pattern.split_first(), parts.split_first()) {
        (None, None) => true,
        (Some((&"*", rest)), Some((_, others))) => {
            matches_parts(rest, others) || matches_parts(pattern, others)
        }
        (Some((wanted, rest)), Some((part, others))) => wanted == part && matches_parts(rest, others),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(expressions: &[&str]) -> Result<Plugins> {
        let expressions: Vec<String> = expressions.iter().map(ToString::to_string).collect();
        Plugins::select(Some(&expressions))
    }

    #[test]
    fn the_default_turns_on_every_comparison_but_that_of_checks() {
        let all = Plugins {
            schemas: true,
            tables: true,
            types: true,
            constraints: true,
            defaults: true,
            comments: true,
        };
        assert_eq!(Plugins::select(None).unwrap(), all);
    }

    #[test]
    fn a_tilde_turns_a_comparison_off() {
        let plugins = select(&["alembic.autogenerate.*", "~alembic.autogenerate.comments"]).unwrap();
        assert!(plugins.types && !plugins.comments);
    }

    #[test]
    fn an_expression_that_names_nothing_is_refused_as_the_reference_does() {
        let error = select(&["alembic.autogenerate.*", "my.plugin"]).unwrap_err();
        assert_eq!(error.to_string(), "Did not locate plugins: my.plugin");
        let error = select(&["a b"]).unwrap_err();
        assert_eq!(error.to_string(), "Invalid plugin expression 'a b'");
    }

    #[test]
    fn the_comparison_of_checks_is_refused_by_name() {
        let error = select(&["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"]).unwrap_err();
        assert!(error.to_string().contains("CHECK"), "{error}");
    }
}
