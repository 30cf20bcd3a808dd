//! SQL of the user.

use super::StatementCompiler;
use crate::error::Result;
use crate::expression::{BindParameter, TextClause};

impl StatementCompiler<'_> {
    /// Writes SQL of the user: `:name` becomes a parameter, `\:` a colon.
    pub(super) fn text(&mut self, text: &TextClause) -> Result<String> {
        let source: Vec<char> = self.doubled_percents(&text.text).chars().collect();
        let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
        let mut out = String::with_capacity(source.len());
        let mut position = 0;
        while let Some(&c) = source.get(position) {
            let before = position.checked_sub(1).and_then(|before| source.get(before));
            let starts = c == ':' && !is_word(before) && !matches!(before, Some(':' | '\\'));
            if !starts {
                out.push(c);
                position += 1;
                continue;
            }
            let mut end = position + 1;
            while is_word(source.get(end)) {
                end += 1;
            }
            if end == position + 1 || source.get(end) == Some(&':') {
                out.push(c);
                position += 1;
                continue;
            }
            let name: String = source[position + 1..end].iter().collect();
            out.push_str(&self.text_parameter(&name, text)?);
            position = end;
        }
        Ok(without_escapes(&out))
    }

    fn text_parameter(&mut self, name: &str, text: &TextClause) -> Result<String> {
        let own = text.binds.iter().find(|bind| bind.key.as_deref() == Some(name));
        let plain = BindParameter {
            key: Some(name.to_owned()),
            value: None,
            type_: None,
            unique: false,
            expanding: false,
            literal_execute: false,
        };
        let bind = own.cloned().unwrap_or(plain);
        let sql = self.bind(&bind, None)?;
        Ok(if bind.expanding { format!("({sql})") } else { sql })
    }
}

/// Takes the backslash from `\:name`, as the reference's pattern does.
fn without_escapes(text: &str) -> String {
    if !text.contains("\\:") {
        return text.to_owned();
    }
    let source: Vec<char> = text.chars().collect();
    let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let mut out = String::with_capacity(text.len());
    let mut position = 0;
    while let Some(&c) = source.get(position) {
        if c == '\\' && source.get(position + 1) == Some(&':') {
            let mut end = position + 2;
            while is_word(source.get(end)) {
                end += 1;
            }
            if source.get(end) != Some(&':') {
                out.extend(&source[position + 1..end]);
                position = end;
                continue;
            }
        }
        out.push(c);
        position += 1;
    }
    out
}
