//! Messages of one kind.

use super::verdict::Verdict;

/// The message without what it takes from the token: numbers and quoted parts, and the address or
/// root that it shows.
pub fn kind(verdict: &Verdict) -> String {
    let message = String::from_utf8_lossy(&verdict.error);
    match &*verdict.stage {
        "addresses" if message.ends_with(" is not a valid peering server address") => {
            return "… is not a valid peering server address".to_owned();
        }
        "tls" => return "failed to build TLS dial option …".to_owned(),
        _ => {}
    }
    // A mask is shown in hexadecimal.
    let message = match message.split_once("invalid mask ") {
        Some((before, _)) => format!("{before}invalid mask #"),
        None => message.into_owned(),
    };
    let mut kind = String::with_capacity(message.len());
    let mut rest = message.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            // An apostrophe within a word is no quote.
            '"' | '\'' if !kind.ends_with(char::is_alphabetic) => {
                while let Some(quoted) = rest.next() {
                    match quoted {
                        '\\' => drop(rest.next()),
                        _ if quoted == character => break,
                        _ => {}
                    }
                }
                kind.push('…');
            }
            '0'..='9' => {
                while rest.next_if(char::is_ascii_digit).is_some() {}
                kind.push('#');
            }
            _ => kind.push(character),
        }
    }
    kind
}
