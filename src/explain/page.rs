//! What is told of a rule or of an answer, wherever it is told: on the terminal, in JSON and in the
//! documents.

use super::KnownError;
use crate::finding::Rule;
use std::fmt::Write;

/// The page of a rule or of an answer.
///
/// ```
/// use peertok::explain::Page;
/// use peertok::finding::rule;
///
/// let page = Page::from(rule("no-ca").unwrap());
/// assert!(page.markdown().starts_with("### PT101 no-ca\n**warning**, found at"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The code, which only rules have.
    pub code: Option<&'static str>,
    /// The name.
    pub name: &'static str,
    /// The rule's level, or the moment of the answer.
    pub kind: &'static str,
    /// One sentence: what it is about.
    pub what: &'static str,
    /// Where it is found: the JSON path of a rule, or when a server says it.
    pub place: String,
    /// The texts of a server's that mean this, with gaps in angle brackets.
    pub texts: Vec<&'static str>,
    /// The sections, each with its heading, in the order in which they are read.
    pub sections: Vec<(&'static str, &'static str)>,
    /// The names of what is near.
    pub related: Vec<&'static str>,
}

impl From<&Rule> for Page {
    fn from(rule: &Rule) -> Self {
        Self {
            code: Some(rule.code),
            name: rule.name,
            kind: rule.level.name(),
            what: rule.what,
            place: format!("found at {}", rule.path),
            texts: Vec::new(),
            sections: vec![
                ("Why", rule.why),
                ("What to do", rule.fix),
                ("Versions", rule.versions),
                ("Source", rule.source),
            ],
            related: super::known_errors()
                .filter(|answer| answer.related.contains(&rule.name))
                .map(|answer| answer.name)
                .collect(),
        }
    }
}

impl From<&KnownError> for Page {
    fn from(answer: &KnownError) -> Self {
        let stage = answer.stage.map(|stage| format!(" (stage {stage})"));
        Self {
            code: None,
            name: answer.name,
            kind: answer.moment.name(),
            what: answer.what,
            place: format!("said {}{}", answer.moment.when(), stage.unwrap_or_default()),
            texts: [answer.texts, answer.shared].concat(),
            sections: vec![
                ("Why", answer.why),
                ("How to tell", answer.tell),
                ("What to do", answer.fix),
                ("Versions", answer.versions),
                ("Source", answer.source),
            ],
            related: answer.related.to_vec(),
        }
    }
}

impl Page {
    /// The page as Markdown, under a heading of level 3.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        // Writing to a `String` cannot fail.
        let _ = self.write_markdown(&mut out);
        out
    }

    fn write_markdown(&self, out: &mut String) -> std::fmt::Result {
        match self.code {
            Some(code) => writeln!(out, "### {code} {}", self.name)?,
            None => writeln!(out, "### {}", self.name)?,
        }
        writeln!(
            out,
            "**{}**, {}. {}\n",
            self.kind,
            in_markdown(&self.place),
            in_markdown(self.what)
        )?;
        for text in &self.texts {
            writeln!(out, "    {text}")?;
        }
        if !self.texts.is_empty() {
            writeln!(out)?;
        }
        for (heading, text) in &self.sections {
            writeln!(out, "- **{heading}:** {}", in_markdown(text))?;
        }
        if !self.related.is_empty() {
            writeln!(out, "- **Related:** {}", self.related.join(", "))?;
        }
        Ok(())
    }
}

/// A text with what Markdown would take for markup escaped.
fn in_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(
            character,
            '<' | '*' | '_' | '[' | ']' | '`' | '\\' | '|' | '$'
        ) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
