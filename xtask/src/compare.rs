//! A line diff for people: what a record expects against what came out.

/// Lines of agreement shown around a difference.
const CONTEXT: usize = 3;

/// One line of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line<'a> {
    Same(&'a str),
    Expected(&'a str),
    Actual(&'a str),
}

/// Returns `None` when both texts are equal, else a diff in which `-` marks lines that only `expected` has and
/// `+` lines that only `actual` has. Trailing white space of differing lines is shown as `·`.
#[must_use]
pub fn difference(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    let lines = diff(&expected.split('\n').collect::<Vec<_>>(), &actual.split('\n').collect::<Vec<_>>());
    let near = |index: usize| {
        let from = index.saturating_sub(CONTEXT);
        let to = (index + CONTEXT + 1).min(lines.len());
        lines[from..to].iter().any(|line| !matches!(line, Line::Same(_)))
    };
    // A step's header is always worth showing: it says which command the lines below it belong to.
    let mut text = String::new();
    let mut header: Option<&str> = None;
    let mut gap = false;
    for (index, line) in lines.iter().enumerate() {
        if let Line::Same(same) = line
            && same.starts_with("=== ")
        {
            header = Some(same);
        }
        if !near(index) {
            gap = true;
            continue;
        }
        if gap {
            text.push_str("  ...\n");
            gap = false;
        }
        if let Some(step) = header.take()
            && !matches!(line, Line::Same(same) if *same == step)
        {
            text.push_str("  ");
            text.push_str(step);
            text.push_str("\n  ...\n");
        }
        match line {
            Line::Same(same) => {
                text.push_str("  ");
                text.push_str(same);
            }
            Line::Expected(line) => {
                text.push_str("- ");
                text.push_str(&with_visible_end(line));
            }
            Line::Actual(line) => {
                text.push_str("+ ");
                text.push_str(&with_visible_end(line));
            }
        }
        text.push('\n');
    }
    Some(text)
}

fn with_visible_end(line: &str) -> String {
    let body = line.trim_end_matches(' ');
    format!("{body}{}", "·".repeat(line.len() - body.len()))
}

/// The longest-common-subsequence diff; common head and tail are cut off first, so the table stays small.
fn diff<'a>(expected: &[&'a str], actual: &[&'a str]) -> Vec<Line<'a>> {
    let head = expected.iter().zip(actual).take_while(|(left, right)| left == right).count();
    let rest = expected.len().min(actual.len()) - head;
    let tail = expected
        .iter()
        .rev()
        .zip(actual.iter().rev())
        .take(rest)
        .take_while(|(left, right)| left == right)
        .count();
    let (left, right) = (&expected[head..expected.len() - tail], &actual[head..actual.len() - tail]);
    let width = right.len() + 1;
    let mut lengths = vec![0_u32; (left.len() + 1) * width];
    for row in (0..left.len()).rev() {
        for column in (0..right.len()).rev() {
            lengths[row * width + column] = if left[row] == right[column] {
                lengths[(row + 1) * width + column + 1] + 1
            } else {
                lengths[(row + 1) * width + column].max(lengths[row * width + column + 1])
            };
        }
    }
    let mut lines: Vec<Line<'a>> = expected[..head].iter().copied().map(Line::Same).collect();
    let (mut row, mut column) = (0, 0);
    while row < left.len() || column < right.len() {
        if row < left.len() && column < right.len() && left[row] == right[column] {
            lines.push(Line::Same(left[row]));
            row += 1;
            column += 1;
        } else if column == right.len()
            || (row < left.len() && lengths[(row + 1) * width + column] >= lengths[row * width + column + 1])
        {
            lines.push(Line::Expected(left[row]));
            row += 1;
        } else {
            lines.push(Line::Actual(right[column]));
            column += 1;
        }
    }
    lines.extend(expected[expected.len() - tail..].iter().copied().map(Line::Same));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(difference("a\nb", "a\nb"), None);
    }

    #[test]
    fn a_changed_line_is_shown_with_the_step_it_belongs_to_and_its_trailing_space() {
        let expected = "=== 1 $ alembic current\n1\n2\n3\n4\n5\nname, \nlast";
        let actual = expected.replace("name, ", "name,");
        let text = difference(expected, &actual).expect("the texts differ");
        assert_eq!(
            text,
            "  ...\n  === 1 $ alembic current\n  ...\n  3\n  4\n  5\n- name,·\n+ name,\n  last\n"
        );
    }

    #[test]
    fn a_missing_line_does_not_make_the_rest_differ() {
        assert_eq!(difference("a\nb\nc\nd", "a\nc\nd").as_deref(), Some("  a\n- b\n  c\n  d\n"));
    }
}
