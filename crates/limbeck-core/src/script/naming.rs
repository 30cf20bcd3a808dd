//! Names of new revision files: the revision identifier, the date, the slug, and `file_template`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use regex::Regex;
use uuid::Uuid;

use crate::config::{Argument, FormatError, percent_format};
use crate::error::{Error, Result};

/// The `file_template` of a configuration that sets none.
pub const DEFAULT_FILE_TEMPLATE: &str = "%(rev)s_%(slug)s";
/// The `truncate_slug_length`, in characters, of a configuration that sets none, or zero.
pub const DEFAULT_TRUNCATE_SLUG_LENGTH: usize = 40;

/// What Python's `\w` matches, for runs of it.
#[expect(clippy::expect_used, reason = "the pattern is constant; every test of a slug compiles it")]
static WORDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{L}\p{N}_]+").expect("a valid pattern"));

/// Makes a new revision identifier: the last 12 hexadecimal digits of a random UUID.
#[must_use]
pub fn rev_id() -> String {
    let digits = Uuid::new_v4().simple().to_string();
    digits[digits.len() - 12..].to_owned()
}

/// The moment a revision is made at, as the clock of some time zone shows it.
///
/// It displays as Python's `str(datetime)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateDate {
    /// Date and time of day, to the microsecond.
    pub datetime: DateTime,
    /// The distance to UTC; none for local time, which Python keeps without one.
    pub offset: Option<Offset>,
    /// Seconds since 1970-01-01 00:00 UTC.
    pub epoch: i64,
}

impl CreateDate {
    /// The present moment in the zone called `timezone`, or in local time when there is none.
    ///
    /// # Errors
    /// No such time zone. As in the reference, the name is taken as written, and then in upper case.
    pub fn now(timezone: Option<&str>) -> Result<Self> {
        Self::at(Timestamp::now(), timezone)
    }

    /// A given moment in the zone called `timezone`, or in local time when there is none.
    ///
    /// # Errors
    /// No such time zone.
    pub fn at(moment: Timestamp, timezone: Option<&str>) -> Result<Self> {
        let zone = match timezone {
            Some(name) => find_zone(name)?,
            None => TimeZone::system(),
        };
        let zoned = moment.to_zoned(zone);
        let (datetime, offset) = (zoned.datetime(), zoned.offset());
        let microseconds = datetime.subsec_nanosecond() / 1000;
        let datetime = datetime
            .with()
            .subsec_nanosecond(microseconds * 1000)
            .build()
            .map_err(|error| Error::command(error.to_string()))?;
        Ok(Self { datetime, offset: timezone.is_some().then_some(offset), epoch: moment.as_second() })
    }
}

impl fmt::Display for CreateDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.datetime.date(), self.datetime.time());
        write!(
            f,
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            date.year(),
            date.month(),
            date.day(),
            time.hour(),
            time.minute(),
            time.second()
        )?;
        let microseconds = time.subsec_nanosecond() / 1000;
        if microseconds != 0 {
            write!(f, ".{microseconds:06}")?;
        }
        let Some(offset) = self.offset else { return Ok(()) };
        let seconds = offset.seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let seconds = seconds.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        match seconds % 60 {
            0 => Ok(()),
            rest => write!(f, ":{rest:02}"),
        }
    }
}

/// Finds a time zone by its exact name, or by that name in upper case (`utc`).
fn find_zone(name: &str) -> Result<TimeZone> {
    let missing = || Error::command(format!("Can't locate timezone: {name}"));
    if name.is_empty() {
        return Err(missing().with_hint("leave the timezone option out for local time"));
    }
    let zone = jiff::tz::db().get(name).map_err(|_| missing())?;
    // The database of zones does not mind case; Python's does.
    match zone.iana_name() {
        Some(found) if found == name || found == name.to_uppercase() => Ok(zone),
        Some(found) => Err(missing().with_hint(format!("there is a timezone {found}"))),
        None => Err(missing()),
    }
}

/// Makes the part of a file name that tells what a revision does: the words of its message, in lower case and joined
/// with `_`. One longer than `longest` characters is cut after a word.
#[must_use]
pub fn slug(message: Option<&str>, longest: usize) -> String {
    let words: Vec<&str> = WORDS.find_iter(message.unwrap_or_default()).map(|word| word.as_str()).collect();
    let slug = words.join("_").to_lowercase();
    let longest = if longest == 0 { DEFAULT_TRUNCATE_SLUG_LENGTH } else { longest };
    let Some((end, _)) = slug.char_indices().nth(longest) else { return slug };
    let cut = &slug[..end];
    format!("{}_", cut.rsplit_once('_').map_or(cut, |(kept, _)| kept))
}

/// The path of a new revision file in the version location `directory`.
///
/// `file_template` may contain `/`; the directories it names need not exist yet.
///
/// # Errors
/// A template that names an unknown token, or is no valid template.
pub fn rev_path(
    directory: &Path,
    file_template: &str,
    rev_id: &str,
    message: Option<&str>,
    truncate_slug_length: usize,
    create_date: &CreateDate,
) -> Result<PathBuf> {
    let slug = slug(message, truncate_slug_length);
    let (date, time) = (create_date.datetime.date(), create_date.datetime.time());
    let name = percent_format(file_template, |token| {
        let number = match token {
            "rev" => return Some(Argument::Text(rev_id)),
            "slug" => return Some(Argument::Text(&slug)),
            "epoch" => create_date.epoch,
            "year" => date.year().into(),
            "month" => date.month().into(),
            "day" => date.day().into(),
            "hour" => time.hour().into(),
            "minute" => time.minute().into(),
            "second" => time.second().into(),
            _ => return None,
        };
        Some(Argument::Integer(number))
    })
    .map_err(|error| match error {
        FormatError::UnknownName { name, .. } => Error::key(name),
        FormatError::Conversion { problem, .. } if problem.contains(" is required, not ") => {
            Error::type_error(problem)
        }
        error @ FormatError::Conversion { .. } => Error::value(format!("file_template: {error}")),
    })?;
    Ok(directory.join(format!("{name}.py")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::Timestamp;

    use super::{CreateDate, rev_id, rev_path, slug};
    use crate::error::{BuiltinError, Error};

    fn date(moment: &str, zone: &str) -> CreateDate {
        CreateDate::at(moment.parse::<Timestamp>().unwrap(), Some(zone)).unwrap()
    }

    #[test]
    fn revision_identifiers_are_twelve_hexadecimal_digits_and_differ() {
        let (one, other) = (rev_id(), rev_id());
        assert_eq!(one.len(), 12);
        assert!(one.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)));
        assert_ne!(one, other);
    }

    /// Expectations from the reference's `ScriptDirectory._rev_path`.
    #[test]
    fn slugs_are_made_of_the_words_of_the_message() {
        for (message, longest, expected) in SLUGS {
            assert_eq!(slug(*message, *longest), *expected, "{message:?} cut at {longest}");
        }
    }

    const SLUGS: &[(Option<&str>, usize, &str)] = &[
        (None, 40, ""),
        (Some(""), 40, ""),
        (Some("create account table"), 40, "create_account_table"),
        (Some("Create \"Account\" table!"), 40, "create_account_table"),
        (Some("don't  drop--this/that"), 40, "don_t_drop_this_that"),
        (Some("__a__ b_"), 40, "__a___b_"),
        (Some("Größe ändern ÉTÉ 表を作成"), 40, "größe_ändern_été_表を作成"),
        (Some("हिन्दी नाम"), 40, "ह_न_द_न_म"),
        (Some("x² ½ Ⅷ a\u{301}"), 40, "x²_½_ⅷ_a"),
        (
            Some("this is a really long name that is longer than forty"),
            40,
            "this_is_a_really_long_name_that_is_",
        ),
        (
            Some("this is a really long name that is longer than forty"),
            0,
            "this_is_a_really_long_name_that_is_",
        ),
        (Some("exactly ten"), 11, "exactly_ten"),
        (Some("exactly ten"), 10, "exactly_"),
        (Some("exactly ten"), 8, "exactly_"),
        (Some("exactly ten"), 7, "exactly_"),
        (Some("exactly ten"), 6, "exactl_"),
        (Some("ééé ééé"), 5, "ééé_"),
    ];

    /// Expectations from the reference's `ScriptDirectory._rev_path`.
    #[test]
    fn file_templates_know_every_token_and_may_name_directories() {
        let date = date("2026-07-05T09:08:03.5Z", "UTC");
        for (template, expected) in [
            ("%(rev)s_%(slug)s", "v/ae10_add_a_table.py"),
            (
                "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s",
                "v/2026_07_05_0908-ae10_add_a_table.py",
            ),
            (
                "%(year)d/%(month).2d/%(day).2d_%(hour).2d%(minute).2d_%(second).2d_%(rev)s_%(slug)s",
                "v/2026/07/05_0908_03_ae10_add_a_table.py",
            ),
            ("%(epoch)s_%(rev)s%%", "v/1783242483_ae10%.py"),
            ("%(month)02d%(day)3d-%(slug).5s", "v/07  5-add_a.py"),
        ] {
            let path = rev_path(Path::new("v"), template, "ae10", Some("Add a table"), 40, &date).unwrap();
            assert_eq!(path, Path::new(expected));
        }
    }

    /// The reference raises these.
    #[test]
    fn unknown_tokens_of_a_file_template_are_named() {
        let date = date("2026-07-05T09:08:03Z", "UTC");
        for (template, kind, message) in [
            ("%(revision)s", BuiltinError::Key, "'revision'"),
            ("%(rev)d", BuiltinError::Type, "%d format: a real number is required, not str"),
            ("%(rev", BuiltinError::Value, "file_template: incomplete format key in '%(rev'"),
        ] {
            let error = rev_path(Path::new("v"), template, "ae10", None, 40, &date).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert!(matches!(error, Error::Builtin { kind: found, .. } if found == kind));
        }
    }

    /// Expectations from CPython: `str(datetime.astimezone(ZoneInfo(zone)))`.
    #[test]
    fn dates_are_shown_as_python_shows_them() {
        for (moment, zone, expected) in [
            ("2026-07-05T09:08:03.000045678Z", "UTC", "2026-07-05 09:08:03.000045+00:00"),
            ("2026-07-05T09:08:03Z", "utc", "2026-07-05 09:08:03+00:00"),
            ("2026-07-05T09:08:03Z", "Europe/Berlin", "2026-07-05 11:08:03+02:00"),
            ("2026-07-05T09:08:03Z", "US/Eastern", "2026-07-05 05:08:03-04:00"),
            ("2026-01-05T02:08:03Z", "Asia/Kathmandu", "2026-01-05 07:53:03+05:45"),
            ("1900-01-05T02:08:03Z", "Africa/Monrovia", "1900-01-05 01:24:55-00:43:08"),
        ] {
            assert_eq!(date(moment, zone).to_string(), expected);
        }
    }

    #[test]
    fn local_time_has_no_offset() {
        let now = CreateDate::now(None).unwrap();
        assert_eq!(now.offset, None);
        assert!((Timestamp::now().as_second() - now.epoch).abs() < 60);
        assert!(!now.to_string().contains('+'));
    }

    /// The sentence is the reference's; it takes the names as written or in upper case only.
    #[test]
    fn unknown_timezones_are_refused() {
        for name in ["Europe/Nowhere", "europe/berlin", "Europe", "", "GMT+5"] {
            let error = CreateDate::now(Some(name)).unwrap_err();
            assert_eq!(error.to_string(), format!("Can't locate timezone: {name}"));
        }
    }
}
