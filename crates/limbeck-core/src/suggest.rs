//! "Did you mean": which known words a word may be meant for.

/// The longest list of suggestions.
const MOST: usize = 3;

/// Finds the candidates that `word` may be meant for, the closest first.
///
/// A candidate is close when few letters are wrong, left out, added or swapped, or when it begins with nearly that
/// word; upper and lower case count as the same letter.
#[must_use]
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let allowed = (length / 4).max(1);
    let mut found: Vec<(usize, &str)> = Vec::new();
    for candidate in candidates {
        let lower = candidate.to_lowercase();
        let mut distance = strsim::osa_distance(&word, &lower);
        if length >= 3 {
            let start: String = lower.chars().take(length).collect();
            // Another word that only begins alike is not as good as the same word with a slip.
            distance = distance.min(strsim::osa_distance(&word, &start) + 1);
        }
        // A slip in a word of one or two letters leaves nothing of it.
        if distance < length && distance <= allowed && !found.iter().any(|(_, known)| *known == candidate) {
            found.push((distance, candidate));
        }
    }
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().take(MOST).map(|(_, candidate)| candidate).collect()
}

/// Asks whether one of some words is meant; `None` when there are none.
#[must_use]
pub fn did_you_mean(words: &[&str]) -> Option<String> {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let (last, others) = quoted.split_last()?;
    Some(if others.is_empty() {
        format!("did you mean {last}?")
    } else {
        format!("did you mean {} or {last}?", others.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::{closest, did_you_mean};

    const WORDS: [&str; 8] = [
        "branches",
        "current",
        "downgrade",
        "ensure_version",
        "heads",
        "history",
        "list_templates",
        "upgrade",
    ];

    #[test]
    fn slips_and_beginnings_are_recognised() {
        for (word, expected) in [
            ("upgarde", &["upgrade"][..]),
            ("hisotry", &["history"]),
            ("head", &["heads"]),
            ("Heads", &["heads"]),
            ("hist", &["history"]),
            ("list-templates", &["list_templates"]),
            ("frobnicate", &[]),
            ("x", &[]),
            ("", &[]),
        ] {
            assert_eq!(closest(word, WORDS), expected, "{word}");
        }
    }

    #[test]
    fn the_closest_comes_first() {
        assert_eq!(closest("abce31", ["abcd20", "abce30", "abce3199"]), ["abce30", "abce3199"]);
    }

    #[test]
    fn suggestions_are_a_question() {
        assert_eq!(did_you_mean(&[]), None);
        assert_eq!(did_you_mean(&["a"]).as_deref(), Some("did you mean 'a'?"));
        assert_eq!(did_you_mean(&["a", "b", "c"]).as_deref(), Some("did you mean 'a', 'b' or 'c'?"));
    }
}
