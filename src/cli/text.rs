//! Texts of a token as a person may see them: nothing in them reaches the terminal as a command.

/// The longest text that is shown whole, in characters.
const LONGEST: usize = 400;

/// A text with control, invisible and bidirectional characters escaped, cut where it is very long.
pub(super) fn shown(text: &str) -> String {
    let mut shown = escaped(text.chars().take(LONGEST));
    if text.chars().nth(LONGEST).is_some() {
        shown.push_str(&format!("… ({} bytes)", text.len()));
    }
    shown
}

/// A message on one line, whole, with the same characters escaped.
pub(super) fn one_line(message: &str) -> String {
    escaped(message.chars())
}

fn escaped(characters: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    for character in characters {
        if is_unsafe(character) {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}

/// Whether a character moves the cursor, changes the direction of what follows or cannot be seen.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_as_a_command() {
        assert_eq!(
            shown("a\u{1b}[31m\u{202e}b\n\0é"),
            "a\\u{1b}[31m\\u{202e}b\\n\\u{0}é"
        );
        assert_eq!(
            shown(&"é".repeat(401)),
            format!("{}… (802 bytes)", "é".repeat(400))
        );
    }
}
