//! What each known Consul release says of one token.

use crate::built_with;
use crate::refusal::{Refusal, Stage};
use crate::release::Release;
use crate::verdict::Judge;
use godialect::GoRelease;
use std::collections::BTreeMap;

/// Consul releases in a row that give the same verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerdictRange {
    /// The first of these releases.
    pub from: Release,
    /// The first release after them; `None` where they go on to the newest.
    pub before: Option<Release>,
    /// Why they reject the token; `None` where they accept it.
    pub refusal: Option<Refusal>,
}

/// The verdicts of all Consul releases from 1.13.0 on, oldest first: one range where all agree. They
/// differ by the Go that built a server (see [`Release::go`]).
///
/// A token in which no rule matters that changed is judged once.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let token = std::fs::read("../../fixtures/consul/alpha-minted.token")?;
/// let ranges = peering_token::verdicts(token.trim_ascii_end());
/// assert_eq!(ranges.len(), 1);
/// assert!(ranges[0].refusal.is_none() && ranges[0].before.is_none());
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn verdicts(token: &[u8]) -> Vec<VerdictRange> {
    let mut reference = Judge::default();
    let verdict = reference.judge(token).err();
    let mut others: BTreeMap<GoRelease, Option<Refusal>> = BTreeMap::new();
    let mut ranges: Vec<VerdictRange> = Vec::new();
    for ((minor, patch), go) in built_with::builds() {
        let from = Release::with_patch(1, minor, patch);
        let refusal = if reference.dialect().agrees_with(go) {
            &verdict
        } else {
            let judged = || Judge::of(go).judge(token).err();
            others.entry(go).or_insert_with(judged)
        };
        match ranges.last_mut() {
            Some(last) if words(&last.refusal) == words(refusal) => continue,
            Some(last) => last.before = Some(from),
            None => {}
        }
        ranges.push(VerdictRange {
            from,
            before: None,
            refusal: refusal.clone(),
        });
    }
    ranges
}

/// What a server says, since two refusals may say the same.
fn words(refusal: &Option<Refusal>) -> Option<(Stage, String)> {
    let refusal = refusal.as_ref()?;
    Some((refusal.stage(), refusal.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// What Go answered, in `fixtures/go/releases.jsonl`, for the Go of some Consul releases.
    #[test]
    fn each_release_says_what_its_go_said() {
        const RELEASES: [(&str, &str); 4] = [
            ("1.19.5", "1.22.12"),
            ("1.21.4", "1.23.12"),
            ("1.22.0", "1.25.3"),
            ("1.22.3", "1.25.5"),
        ];
        let recorded = include_str!("../../../fixtures/go/releases.jsonl");
        let (mut compared, mut differ) = (0, 0);
        for line in recorded.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let ranges = verdicts(line["token"].as_str().unwrap().as_bytes());
            differ += usize::from(ranges.len() > 1);
            assert_eq!(ranges[0].from, "1.13.0".parse().unwrap());
            for (consul, go) in RELEASES {
                let release: Release = consul.parse().unwrap();
                let range = ranges.iter().rfind(|range| range.from <= release).unwrap();
                assert!(range.before.is_none_or(|before| release < before));
                let answers = line["answers"].as_array().unwrap();
                let is_its =
                    |answer: &&Value| answer["go"].as_array().unwrap().contains(&go.into());
                let answer = answers.iter().find(is_its).unwrap();
                let error = answer["error"].as_str().unwrap();
                let said = range
                    .refusal
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string);
                assert!(
                    said.ends_with(error) && said.is_empty() == error.is_empty(),
                    "{consul}: {said}, {error}"
                );
                compared += 1;
            }
        }
        assert!(compared > 400 && differ > 50, "{compared}, {differ}");
    }
}
