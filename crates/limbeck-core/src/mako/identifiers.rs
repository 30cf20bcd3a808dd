//! Which names a piece of Python reads and binds, by the rules that Mako uses to decide what comes from the
//! template's arguments.

use std::collections::{BTreeSet, HashSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Comprehension, ExceptHandler, Expr, ExprContext, Parameters, Stmt};

/// The names of a piece of Python.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Names that it binds.
    pub declared: BTreeSet<String>,
    /// Names that it reads and that may have to come from outside.
    pub undeclared: BTreeSet<String>,
}

/// Collects the names of a module's statements.
///
/// # Errors
/// `from module import *`, whose names cannot be known; Mako refuses it too.
pub(super) fn names_of_body(body: &[Stmt]) -> Result<Names, &'static str> {
    let mut finder = Finder::default();
    finder.visit_body(body);
    if finder.imports_star {
        return Err("'import *' is not supported, since all identifier names must be explicitly declared");
    }
    Ok(finder.names)
}

/// Collects the names of an expression.
pub(super) fn names_of_expression(expression: &Expr) -> Names {
    let mut finder = Finder::default();
    finder.visit_expr(expression);
    finder.names
}

#[derive(Default)]
struct Finder {
    names: Names,
    in_function: bool,
    locals: HashSet<String>,
    imports_star: bool,
}

impl Finder {
    fn declare(&mut self, name: &str) {
        if self.in_function {
            self.locals.insert(name.to_owned());
        } else {
            self.names.declared.insert(name.to_owned());
        }
    }

    /// Visits what `visit` visits as the inside of a function with `parameters`.
    /// Defaults and decorators are not looked at: Mako does not either.
    fn function(&mut self, parameters: Option<&Parameters>, visit: impl FnOnce(&mut Self)) {
        let outer = (self.in_function, self.locals.clone());
        self.in_function = true;
        for parameter in parameters.iter().flat_map(|parameters| &parameters.args) {
            self.locals.insert(parameter.parameter.name.to_string());
        }
        visit(self);
        (self.in_function, self.locals) = outer;
    }

    fn comprehension_in_function(&mut self, generators: &[Comprehension]) {
        for generator in generators {
            self.visit_expr(&generator.target);
            self.visit_expr(&generator.iter);
        }
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::ClassDef(class) => self.declare(&class.name),
            Stmt::FunctionDef(function) => {
                self.declare(&function.name);
                self.function(Some(&function.parameters), |finder| finder.visit_body(&function.body));
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.declare(bound.split('.').next().unwrap_or_default());
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.imports_star |= bound.as_str() == "*";
                    self.declare(bound);
                }
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(handler) = handler;
        if let Some(name) = &handler.name {
            self.declare(name);
        }
        if let Some(kind) = &handler.type_ {
            self.visit_expr(kind);
        }
        self.visit_body(&handler.body);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => {
                let id = name.id.as_str();
                if name.ctx == ExprContext::Store {
                    self.declare(id);
                } else if id != "print" && !self.names.declared.contains(id) && !self.locals.contains(id) {
                    self.names.undeclared.insert(id.to_owned());
                }
            }
            Expr::Lambda(lambda) => {
                self.function(lambda.parameters.as_deref(), |finder| finder.visit_expr(&lambda.body));
            }
            Expr::ListComp(inner) if self.in_function => self.comprehension_in_function(&inner.generators),
            Expr::SetComp(inner) if self.in_function => self.comprehension_in_function(&inner.generators),
            Expr::DictComp(inner) if self.in_function => self.comprehension_in_function(&inner.generators),
            Expr::Generator(inner) if self.in_function => self.comprehension_in_function(&inner.generators),
            _ => visitor::walk_expr(self, expression),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::python::names_of;

    fn sets(source: &str) -> (Vec<String>, Vec<String>) {
        let names = names_of(source).unwrap();
        (names.declared.into_iter().collect(), names.undeclared.into_iter().collect())
    }

    // The expected sets are those of mako.ast.PythonCode for the same source.
    #[test]
    fn reads_and_bindings_are_told_apart_as_mako_does() {
        assert_eq!(sets("x = x + y\n"), (vec!["x".into()], vec!["x".into(), "y".into()]));
        assert_eq!(
            sets("import re, a.b\nfrom c import d as e"),
            (vec!["a".into(), "e".into(), "re".into()], vec![])
        );
        assert_eq!(
            sets("def f(a, b=c):\n    z = a\n    return z + g\n"),
            (vec!["f".into()], vec!["g".into()])
        );
        assert_eq!(sets("lambda q: q + r"), (vec![], vec!["r".into()]));
        assert_eq!(sets("[i for i in items]").0, vec!["i".to_owned()]);
        assert_eq!(
            sets("try:\n    a\nexcept B as e:\n    print(e)"),
            (vec!["e".into()], vec!["B".into(), "a".into()])
        );
    }

    #[test]
    fn a_star_import_is_refused() {
        assert!(names_of("from os import *").is_err());
    }
}
