//! References between the values of an ini file: `%(name)s` and `%%`, by the rules of `configparser.BasicInterpolation`.

use super::error::ConfigError;
use super::ini::{Ini, option_key};
use super::text::repr;

/// How deep values may refer to each other.
const MAX_DEPTH: usize = 10;

/// Replaces the references in `value`, which is the value of `key` in `section`.
pub(super) fn expand(ini: &Ini, section: &str, key: &str, value: &str) -> Result<String, ConfigError> {
    let mut out = String::with_capacity(value.len());
    Expansion { ini, section, key, raw: value }.expand_some(&mut out, value, 1)?;
    Ok(out)
}

/// The option whose value was asked for; errors name it, however deep they occur.
struct Expansion<'a> {
    ini: &'a Ini,
    section: &'a str,
    key: &'a str,
    raw: &'a str,
}

impl Expansion<'_> {
    fn expand_some(&self, out: &mut String, mut rest: &str, depth: usize) -> Result<(), ConfigError> {
        if depth > MAX_DEPTH {
            return Err(ConfigError::InterpolationDepth {
                location: Box::new(self.ini.location(self.section, self.key)),
                section: self.section.to_owned(),
                option: self.key.to_owned(),
                raw: self.raw.to_owned(),
                limit: MAX_DEPTH,
            });
        }
        while let Some(position) = rest.find('%') {
            out.push_str(&rest[..position]);
            rest = &rest[position..];
            let after = &rest[1..];
            if let Some(after) = after.strip_prefix('%') {
                out.push('%');
                rest = after;
            } else if after.starts_with('(') {
                let Some((name, after)) = reference(rest) else {
                    return Err(self.syntax("bad interpolation variable reference ", rest));
                };
                let name = option_key(name);
                let Some(entry) = self.ini.entry(self.section, &name) else {
                    return Err(ConfigError::InterpolationMissingOption {
                        location: Box::new(self.ini.location(self.section, self.key)),
                        section: self.section.to_owned(),
                        option: self.key.to_owned(),
                        reference: name,
                        raw: self.raw.to_owned(),
                    });
                };
                if entry.value.contains('%') {
                    self.expand_some(out, &entry.value, depth + 1)?;
                } else {
                    out.push_str(&entry.value);
                }
                rest = after;
            } else {
                return Err(self.syntax("'%' must be followed by '%' or '(', found: ", rest));
            }
        }
        out.push_str(rest);
        Ok(())
    }

    fn syntax(&self, problem: &str, rest: &str) -> ConfigError {
        // In a URL, what follows a bad `%` is mostly the rest of a password.
        let found = if self.raw.contains("://") && rest.contains('@') { "%***" } else { rest };
        ConfigError::InterpolationSyntax {
            location: Box::new(self.ini.location(self.section, self.key)),
            problem: format!("{problem}{}", repr(found)),
        }
    }
}

/// Splits `%(name)s` off the beginning of `text`.
fn reference(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix("%(")?;
    let end = inner.find(')')?;
    let after = inner[end + 1..].strip_prefix('s')?;
    (end > 0).then(|| (&inner[..end], after))
}

/// Refuses a value whose `%` are neither doubled nor part of a reference.
pub(super) fn check(value: &str) -> Result<(), ConfigError> {
    let doubled_removed = value.replace("%%", "");
    let mut remaining = String::with_capacity(doubled_removed.len());
    let mut rest = doubled_removed.as_str();
    while let Some(position) = rest.find('%') {
        remaining.push_str(&rest[..position]);
        rest = &rest[position..];
        if let Some((_, after)) = reference(rest) {
            rest = after;
        } else {
            let position = remaining.chars().count();
            return Err(ConfigError::InvalidInterpolation { value: value.to_owned(), position });
        }
    }
    Ok(())
}
