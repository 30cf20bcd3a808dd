//! How long a run waits for another one: what the command line or the option `lock_timeout` says.

use std::time::Duration;

use super::{Config, ConfigError, LOCK_TIMEOUT_OPTION, TomlValue, text};
use crate::error::Result;

/// Whether a run keeps other runs of the same version table out, and how long it waits for one that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockTimeout {
    /// Nobody is kept out.
    Off,
    /// Others are kept out, and waited for.
    After(Duration),
}

impl Default for LockTimeout {
    fn default() -> Self {
        Self::After(Duration::from_mins(10))
    }
}

impl LockTimeout {
    /// Reads seconds, or `off`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("off") {
            return Some(Self::Off);
        }
        let seconds: f64 = text.parse().ok()?;
        Duration::try_from_secs_f64(seconds).ok().map(Self::After)
    }
}

impl Config {
    /// Whether and how long a run waits for another: what the command line says, else the option `lock_timeout`, else ten
    /// minutes.
    ///
    /// # Errors
    /// The option is neither seconds nor `off`, or a file cannot be read.
    pub fn lock_timeout(&self) -> Result<LockTimeout> {
        if let Some(given) = self.lock_timeout {
            return Ok(given);
        }
        let refused = |place: String, value: &str| {
            let value = text::repr(value);
            ConfigError::Command(format!("{place}{LOCK_TIMEOUT_OPTION} is seconds or 'off', not {value}"))
        };
        if let Some(own) = self.get_own_option(LOCK_TIMEOUT_OPTION)? {
            return match LockTimeout::parse(&own) {
                Some(timeout) => Ok(timeout),
                None => self.try_with_ini(|ini| {
                    Err(refused(ini.location(&self.ini_section, LOCK_TIMEOUT_OPTION).to_string(), &own))
                }),
            };
        }
        let toml = self.toml()?;
        let number = toml.float(LOCK_TIMEOUT_OPTION).map(|number| TomlValue::String(number.to_string()));
        let value = match number {
            None => toml.get(LOCK_TIMEOUT_OPTION)?,
            number => number,
        };
        let own = match value {
            None => return Ok(LockTimeout::default()),
            Some(TomlValue::String(text)) => text,
            Some(TomlValue::Integer(number)) => number.to_string(),
            Some(other) => return Err(refused(toml.place(), other.type_name()).into()),
        };
        LockTimeout::parse(&own).ok_or_else(|| refused(toml.place(), &own).into())
    }
}
