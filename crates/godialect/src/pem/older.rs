//! `pem.Decode` of older releases, which find other blocks where something is wrong with one.

use super::{BEGIN, Block, DASHES, END, ends_block, line, read_content};
use memchr::memmem;

/// Up to Go 1.24.7 and 1.25.1: the first BEGIN line, and then the first END line behind it. A damaged
/// block is skipped up to the end of its headers, and the search goes on from there.
pub(super) fn begin_first<'a>(
    text: &'a [u8],
    from: usize,
    content: &mut Vec<u8>,
) -> Option<Block<'a>> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        let begin = if rest.starts_with(BEGIN) {
            at
        } else {
            let line_end = memmem::find(rest, b"\n-----BEGIN ")?;
            at + line_end + 1
        };
        let (label_line, next) = line(text, begin + BEGIN.len());
        at = next;
        let Some(label) = label_line.strip_suffix(DASHES) else {
            continue;
        };
        let has_headers = skip_headers(text, &mut at)?;
        let rest = text.get(at..)?;
        // Without headers END may follow at once.
        let (end, after_end) = if !has_headers && rest.starts_with(&END[1..]) {
            (at, at + END.len() - 1)
        } else {
            match memmem::find(rest, END) {
                Some(end) => (at + end, at + end + END.len()),
                None => continue,
            }
        };
        if ends_block(text.get(after_end..)?, label)
            && read_content(text.get(at..end).unwrap_or_default(), content)
        {
            return Some(block(text, label, has_headers, begin, end + END.len() - 1));
        }
    }
}

/// Go 1.24.8, 1.24.9, 1.25.2 and 1.25.3: the first END line, and then the last BEGIN line before it.
/// An END line without a BEGIN line ends the search, and behind a damaged block the search goes on
/// before its END line.
pub(super) fn end_first<'a>(
    text: &'a [u8],
    from: usize,
    content: &mut Vec<u8>,
) -> Option<Block<'a>> {
    let mut at = from;
    loop {
        let end = at + memmem::find(text.get(at..)?, END)?;
        let begin = at + memmem::rfind(text.get(at..end)?, BEGIN)?;
        if begin > at && text.get(begin - 1) != Some(&b'\n') {
            return None;
        }
        let (label_line, next) = line(text, begin + BEGIN.len());
        at = next;
        let Some(label) = label_line.strip_suffix(DASHES) else {
            continue;
        };
        let has_headers = skip_headers(text, &mut at)?;
        // The headers may have swallowed the END line.
        if has_headers && end < at {
            continue;
        }
        if ends_block(text.get(end + END.len()..)?, label)
            && read_content(text.get(at..end).unwrap_or_default(), content)
        {
            let end = end.max(at);
            return Some(block(text, label, has_headers, begin, end + END.len() - 1));
        }
    }
}

/// Skips lines with a colon and tells whether there are any; `None` where the text ends with them.
fn skip_headers(text: &[u8], at: &mut usize) -> Option<bool> {
    let mut has_headers = false;
    while *at < text.len() {
        let (header, next) = line(text, *at);
        if !header.contains(&b':') {
            return Some(has_headers);
        }
        has_headers = true;
        *at = next;
    }
    None
}

/// The block whose END line goes on at `within_end`.
fn block<'a>(
    text: &'a [u8],
    label: &'a [u8],
    has_headers: bool,
    start: usize,
    within_end: usize,
) -> Block<'a> {
    let (_, end) = line(text, within_end);
    Block {
        label,
        has_headers,
        start,
        end,
    }
}
