//! A difference as JSON, without the secrets that may stand in texts.

use super::{ComparedRoot, Difference, RootsDifference, SetDifference, TextDifference};
use peertok_secret::without_secrets;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// As the keys of `peertok diff --format json` that tell what differs.
impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut difference = serializer.serialize_struct("Difference", 7)?;
        difference.serialize_field("equal", &self.is_none())?;
        difference.serialize_field("relation", self.relation.name())?;
        difference.serialize_field("meaning", &self.meaning())?;
        difference.serialize_field("texts", &self.texts)?;
        difference.serialize_field(
            "manual_server_addresses",
            &shown(&self.manual_server_addresses),
        )?;
        difference.serialize_field("server_addresses", &shown(&self.server_addresses))?;
        difference.serialize_field("roots", &self.roots)?;
        difference.end()
    }
}

impl Serialize for TextDifference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = serializer.serialize_struct("TextDifference", 3)?;
        text.serialize_field("member", self.field.name())?;
        text.serialize_field("a", &without_secrets(&self.a))?;
        text.serialize_field("b", &without_secrets(&self.b))?;
        text.end()
    }
}

impl Serialize for RootsDifference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Roots<'a> {
            #[serde(flatten)]
            certificates: &'a SetDifference<ComparedRoot>,
            regrouped: bool,
            rewritten: bool,
        }
        let roots = Roots {
            certificates: &self.certificates,
            regrouped: self.regrouped,
            rewritten: self.rewritten,
        };
        roots.serialize(serializer)
    }
}

impl Serialize for ComparedRoot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let subject = self.details.as_ref();
        let subject = subject.map(|details| without_secrets(&details.subject));
        let mut root = serializer.serialize_struct("ComparedRoot", 2)?;
        root.serialize_field("sha256", &self.sha256)?;
        root.serialize_field("subject", &subject)?;
        root.end()
    }
}

/// Addresses as they may be shown: a token may have been pasted in the place of one.
fn shown(set: &SetDifference<String>) -> SetDifference<Cow<'_, str>> {
    fn list(list: &[String]) -> Vec<Cow<'_, str>> {
        list.iter()
            .map(|address| without_secrets(address))
            .collect()
    }
    SetDifference {
        only_a: list(&set.only_a),
        only_b: list(&set.only_b),
        common: list(&set.common),
        reordered: set.reordered,
        repeated: set.repeated,
    }
}
