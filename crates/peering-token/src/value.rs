//! The value of any field of a token, and the place of one.

use crate::token::{Locality, Remote};
use peertok_secret::Secret;

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A string.
    Text(&'a str),
    /// A string that must not be shown.
    Secret(&'a Secret),
    /// A list of strings, or `null`.
    List(Option<&'a [String]>),
    /// An object, or `null`.
    Object {
        /// Whether it is there.
        present: bool,
    },
}

impl Value<'_> {
    /// Whether a server reads the same where the field is missing: an empty string, or `null`.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Secret(secret) => secret.is_empty(),
            Self::List(list) => list.is_none(),
            Self::Object { present } => !present,
        }
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Secret> for Value<'a> {
    fn from(secret: &'a Secret) -> Self {
        Self::Secret(secret)
    }
}

impl<'a> From<&'a Option<Vec<String>>> for Value<'a> {
    fn from(list: &'a Option<Vec<String>>) -> Self {
        Self::List(list.as_deref())
    }
}

impl From<&Remote> for Value<'_> {
    fn from(_: &Remote) -> Self {
        Self::Object { present: true }
    }
}

impl From<&Option<Locality>> for Value<'_> {
    fn from(locality: &Option<Locality>) -> Self {
        Self::Object {
            present: locality.is_some(),
        }
    }
}

/// The place of a field's value in a token.
pub(crate) enum Slot<'a> {
    Text(&'a mut String),
    Secret(&'a mut Secret),
    List(&'a mut Option<Vec<String>>),
    /// An object, which is there now.
    Object,
}

impl<'a> From<&'a mut String> for Slot<'a> {
    fn from(text: &'a mut String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a mut Secret> for Slot<'a> {
    fn from(secret: &'a mut Secret) -> Self {
        Self::Secret(secret)
    }
}

impl<'a> From<&'a mut Option<Vec<String>>> for Slot<'a> {
    fn from(list: &'a mut Option<Vec<String>>) -> Self {
        Self::List(list)
    }
}

impl From<&mut Remote> for Slot<'_> {
    fn from(_: &mut Remote) -> Self {
        Self::Object
    }
}

impl From<&mut Option<Locality>> for Slot<'_> {
    fn from(locality: &mut Option<Locality>) -> Self {
        locality.get_or_insert_default();
        Self::Object
    }
}
