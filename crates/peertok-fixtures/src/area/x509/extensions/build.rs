//! A vector whose root is the cluster's with another extension.

use crate::certificate::{Certificate, OBJECT_IDENTIFIER, element};
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use peering_token::Stage;
use std::fmt::Display;

/// A token whose root is the cluster's with a change.
pub(super) fn with_root(
    maker: &Maker,
    condition: &str,
    description: &str,
    change: impl FnOnce(&mut Certificate),
) -> Vector {
    maker.changed(Area::X509, condition, description, |token| {
        let mut root = maker.certificate(condition);
        change(&mut root);
        token.ca = Some(vec![maker.entry(&root)]);
    })
}

/// A token whose root has the extension 2.5.29.`last`, not critical, in place of its own.
pub(super) fn with_extension(
    maker: &Maker,
    condition: &str,
    description: &str,
    last: u8,
    value: &[u8],
) -> Vector {
    with_root(maker, condition, description, |root| {
        root.put_extension(last, false, value);
    })
}

/// An identifier, given as it is encoded.
pub(super) fn identifier(encoded: &[u8]) -> Vec<u8> {
    element(OBJECT_IDENTIFIER, encoded)
}

impl Vector {
    /// Refused by Go's `x509.ParseCertificate`, in these words.
    pub(super) fn go_refuses(self, words: impl Display) -> Self {
        self.refused(
            Stage::Ca,
            format!("peering token invalid CA: x509: {words}"),
        )
    }
}
