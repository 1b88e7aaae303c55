//! Findings and refusals as people see them: each points at its place in the token's JSON, as a
//! compiler points at a line of source.

use super::layout::{Layout, Place};
use super::report::warn;
use super::text::{is_unsafe, shown, shown_within};
use crate::finding::{Context, Finding, Level, findings};
use crate::inspect::Inspection;
use crate::roots::RootDetails;
use crate::snapshot::State;
use annotate_snippets::{self as snippets, AnnotationKind, Group, Renderer, Snippet};
use jiff::Timestamp;
use peering_token::{PeeringToken, Read, Refusal};
use peertok_secret::without_secrets;
use std::ops::Range;

/// How many lines may lie between a list's first line and the entry that is pointed at, for both to
/// be shown.
const FAR: usize = 200;

/// The longest lines of a file that are shown, in bytes.
const LONGEST_SOURCE: usize = 2000;

/// The JSON within a token, and where in it a refusal and findings are.
pub(super) struct Places {
    layout: Option<Layout>,
    token: PeeringToken,
}

impl Places {
    /// Looks for the places of a refusal and of findings in a token, which may be unreadable and then
    /// has none.
    pub(super) fn of(inspection: &Inspection<'_>) -> Self {
        let refused = inspection.refusal.as_ref().and_then(Refusal::path);
        let findings = inspection.findings.iter();
        let paths = findings.map(|finding| finding.path.as_str());
        let paths = paths.chain(refused.as_deref());
        let content = inspection.content.as_ref();
        Self {
            layout: content.and_then(|content| Layout::of(content.json, paths).ok()),
            token: content.map(Read::token).unwrap_or_default(),
        }
    }

    /// The place in the JSON that a refusal is about; empty where it is about none.
    pub(super) fn refusal(&self, refusal: &Refusal) -> String {
        let Some(snippet) = refusal.path().and_then(|path| self.snippet(&path)) else {
            return String::new();
        };
        let group = Group::with_level(snippets::Level::ERROR).element(snippet);
        render(&[group])
    }

    /// A finding, the place in the JSON that it is about, and what to do.
    pub(super) fn finding(&self, finding: &Finding) -> String {
        let level = match finding.level {
            Level::Error => snippets::Level::ERROR,
            Level::Warning => snippets::Level::WARNING,
            Level::Note => snippets::Level::NOTE,
        };
        let (level_name, path) = (finding.level, shown(&finding.path));
        let kind = format!("{level_name}[{}] at {path}", finding.name);
        let title = level.with_name(kind).primary_title(shown(&finding.message));
        let mut group = Group::with_title(title);
        if let Some(snippet) = self.snippet(&finding.path) {
            group = group.element(snippet);
        }
        let fix = snippets::Level::HELP.with_name("fix").message(finding.fix);
        render(&[group.element(fix)])
    }

    /// The line of a path, and the one on which the list or object around it opens.
    fn snippet(&self, path: &str) -> Option<Snippet<'_, snippets::Annotation<'_>>> {
        let layout = self.layout.as_ref().filter(|_| path != "$")?;
        let Place { value, parent_line } = layout.place(path)?;
        let text = layout.text();
        let line = text.get(..value.start)?.rfind('\n').map_or(0, |at| at + 1);
        let end = text.get(value.end..)?.find('\n');
        let end = end.map_or(text.len(), |length| value.end + length);
        let between = text.get(*parent_line..line)?;
        let show_parent = *parent_line > 0 && between.matches('\n').count() <= FAR;
        let start = if show_parent { *parent_line } else { line };
        let mut primary = AnnotationKind::Primary.span(value.start - start..value.end - start);
        if let Some(subject) = self.subject(path) {
            primary = primary.label(subject);
        }
        let lines_before = text.get(..start)?.matches('\n').count();
        let snippet = Snippet::source(text.get(start..end)?)
            .line_start(lines_before + 1)
            .annotation(primary);
        // Where the list is long, or there is nothing around but the token, the line says enough.
        Some(if start < line {
            snippet.annotation(AnnotationKind::Visible.span(0..1))
        } else {
            snippet
        })
    }

    /// Whose certificate stands at a path, since nobody can tell that from its base64.
    fn subject(&self, path: &str) -> Option<String> {
        let index = path.strip_prefix("$.CA[")?.strip_suffix(']')?;
        let entry = self.token.ca.as_ref()?.get(index.parse::<usize>().ok()?)?;
        let details = RootDetails::of_entry(entry).into_iter().next()??;
        Some(shown_within(&details.subject, 80))
    }
}

/// The lines of a file with what is at fault in them marked; empty where a secret may stand in them.
pub(super) fn source_at(text: &str, span: Range<usize>, name: &str) -> String {
    let start = text.get(..span.start).unwrap_or_default();
    let start = start.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(span.end..).unwrap_or_default();
    let end = rest.find('\n').map_or(text.len(), |at| span.end + at);
    let Some(lines) = text.get(start..end) else {
        return String::new();
    };
    if lines.len() > LONGEST_SOURCE || without_secrets(lines) != lines {
        return String::new();
    }
    let before = text.get(..start).unwrap_or_default().matches('\n').count();
    let (lines, span) = escaped(lines, span.start - start..span.end - start);
    let mark = AnnotationKind::Primary.span(span);
    let name = shown(name);
    let snippet = Snippet::source(&lines).line_start(before + 1).path(&name);
    let group = Group::with_level(snippets::Level::ERROR).element(snippet.annotation(mark));
    render(&[group])
}

/// Lines with whatever a terminal would act on escaped, and where a part of them stands then.
fn escaped(lines: &str, span: Range<usize>) -> (String, Range<usize>) {
    let mut shown = String::with_capacity(lines.len());
    let (mut start, mut end) = (None, None);
    for (at, character) in lines.char_indices() {
        if at >= span.start {
            start.get_or_insert(shown.len());
        }
        if at >= span.end {
            end.get_or_insert(shown.len());
        }
        let rest = lines.get(at..).unwrap_or_default();
        if rest == "\r" || rest.starts_with("\r\n") {
            continue;
        }
        // A line break ends a line here, too, and a tab is shown as blanks.
        if !matches!(character, '\n' | '\t') && is_unsafe(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    let end = end.unwrap_or(shown.len());
    let start = start.unwrap_or(end).min(end);
    (shown, start..end)
}

/// Warns of what is found in a token that was just made, or is about to be honoured by `acceptor`.
/// `whose` stands before each message, and may be empty; what was found in the token `before` as
/// well is no news.
pub(super) fn warn_of_findings(
    whose: &str,
    token: &[u8],
    before: Option<&[u8]>,
    acceptor: Option<&State>,
) {
    /// What a snapshot that is made along with a token settles.
    const SETTLED: [&str; 3] = ["token-used", "token-superseded", "token-unknown"];
    let mut context = Context::at(Timestamp::now());
    context.acceptor = acceptor;
    let found = |token| findings(token, &context).unwrap_or_default();
    let known = before.map(found).unwrap_or_default();
    let is_known = |finding: &Finding| {
        let same = |known: &Finding| known.name == finding.name && known.message == finding.message;
        known.iter().any(same)
    };
    for finding in found(token) {
        let is_settled = SETTLED.contains(&finding.name);
        if finding.level > Level::Note && !is_settled && !is_known(&finding) {
            let message = shown(&finding.message);
            // What is found here keeps no token from being made, so that all of it is a warning.
            let level = match finding.level {
                Level::Error => "error ",
                _ => "",
            };
            warn(&format!("{whose}{message} ({level}{})", finding.name));
        }
    }
}

fn render(groups: &[Group<'_>]) -> String {
    let mut text = Renderer::styled().render(groups);
    text.push('\n');
    text
}
