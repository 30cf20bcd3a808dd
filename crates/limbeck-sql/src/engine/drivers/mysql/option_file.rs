//! Files of options such as `my.cnf`: the values of a client's group.

use std::fs;
use std::path::Path;

use indexmap::IndexMap;

use crate::error::{Error, Result};

/// The options of one group, by name, with hyphens rather than underscores.
#[derive(Default)]
pub(super) struct OptionFile(IndexMap<String, String>);

impl OptionFile {
    /// Reads a group of a file; `client` unless another one is named.
    ///
    /// Fails with `ArgumentError` when the file cannot be read.
    pub(super) fn read(path: &Path, group: Option<&str>) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| {
            Error::Argument(format!(
                "the file of read_default_file, '{}', cannot be used: {error}",
                path.display()
            ))
        })?;
        Ok(Self::parse(&text, group.unwrap_or("client")))
    }

    fn parse(text: &str, group: &str) -> Self {
        let mut options = IndexMap::new();
        let mut inside = false;
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with(['#', ';', '!']) {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                inside = name.trim() == group;
            } else if inside {
                let (key, value) = line.split_once('=').unwrap_or((line, ""));
                options.insert(key.trim().replace('_', "-"), unquoted(value.trim()).to_owned());
            }
        }
        Self(options)
    }

    /// Gives an option.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

fn unquoted(value: &str) -> &str {
    for quote in ['\'', '"'] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_group_that_is_asked_for_counts() {
        let text = "[mysqld]\nport=1\n# [client]\n[client]\nuser = me\npassword=\"a b#c\"\n; x=1\n\
                    default_character_set=latin1\nskip-something\n!include /x\n[other]\nuser=you\n";
        let options = OptionFile::parse(text, "client");
        assert_eq!(options.get("user").as_deref(), Some("me"));
        assert_eq!(options.get("password").as_deref(), Some("a b#c"));
        assert_eq!(options.get("default-character-set").as_deref(), Some("latin1"));
        assert_eq!(options.get("port"), None);
        assert_eq!(OptionFile::parse(text, "other").get("user").as_deref(), Some("you"));
    }
}
