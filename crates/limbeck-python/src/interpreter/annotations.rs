//! Imports that only annotations need.
//!
//! Every revision file that `alembic revision` writes begins with `from typing import Sequence, Union`, for annotations
//! that nobody evaluates. Importing `typing` takes a tenth of the time and of the memory of a whole run, so such a file
//! imports the names from a module that loads it when one of them is used after all.

use std::collections::HashSet;

use ruff_text_size::Ranged;
use rustpython_compiler::ast::visitor::{Visitor, walk_expr};
use rustpython_compiler::ast::{Expr, Stmt, StmtImportFrom};
use rustpython_compiler::parser;

/// The module with names that load `typing` when they are used.
const STAND_IN: &str = "_limbeck_typing";

/// Gives a revision file's text with its imports from `typing` changed, where only annotations use what they bring; none
/// where nothing is to be changed. Lines stay where they are.
pub fn without_typing(source: &str) -> Option<String> {
    if !source.contains("typing") {
        return None;
    }
    let module = parser::parse_module(source).ok()?;
    let mut used = UsedNames::default();
    used.visit_body(&module.syntax().body);
    let imports = module.syntax().body.iter().filter_map(|statement| match statement {
        Stmt::ImportFrom(import) => import_from_typing(import, &used.0),
        _ => None,
    });
    let mut changed = source.to_owned();
    let places: Vec<_> = imports.collect();
    for place in places.iter().rev() {
        changed.replace_range(place.clone(), STAND_IN);
    }
    (!places.is_empty()).then_some(changed)
}

/// Gives where an import names `typing`, unless one of the names that it binds is used outside of annotations.
fn import_from_typing(import: &StmtImportFrom, used: &HashSet<String>) -> Option<std::ops::Range<usize>> {
    let module = import.module.as_ref().filter(|module| module.as_str() == "typing" && import.level == 0)?;
    let is_unused = import.names.iter().all(|alias| {
        let bound = alias.asname.as_ref().unwrap_or(&alias.name);
        alias.name.as_str() != "*" && !used.contains(bound.as_str())
    });
    let range = module.range();
    is_unused.then(|| range.start().to_usize()..range.end().to_usize())
}

/// The names that a module uses outside of annotations, whatever they stand for there.
#[derive(Default)]
struct UsedNames(HashSet<String>);

impl<'a> Visitor<'a> for UsedNames {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            self.0.insert(name.id.to_string());
        }
        walk_expr(self, expression);
    }

    fn visit_annotation(&mut self, _annotation: &'a Expr) {}
}

#[cfg(test)]
mod tests {
    use super::without_typing;

    #[test]
    fn names_for_annotations_are_imported_without_typing() {
        let source = "'''typing'''\nfrom typing import Sequence, Union\nx: Union[str, Sequence[str]] = 'a'\n\n\
                      def f(a: Union[int, str]) -> Sequence[int]:\n    y: Union = 1\n";
        let changed = source.replace("from typing", "from _limbeck_typing");
        assert_eq!(without_typing(source), Some(changed));
    }

    #[test]
    fn names_that_code_uses_are_imported_from_typing() {
        for source in [
            "from typing import Union\nx = Union[int, str]\n",
            "from typing import Any as A\ndef f(a=A): pass\n",
            "from typing import NamedTuple\nclass A(NamedTuple): pass\n",
            "from typing import cast\ndef f():\n    return lambda: cast(int, 1)\n",
            "from typing import *\n",
            "from .typing import Union\n",
            "import typing\n",
            "x = 'typing'\n",
            "from typing import (\n",
        ] {
            assert_eq!(without_typing(source), None, "{source}");
        }
    }
}
