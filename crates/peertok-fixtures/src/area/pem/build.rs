//! The parts of a root's PEM text, and a vector around one.

use crate::maker::Maker;
use crate::vector::{Area, Vector};

/// Why a server refuses an entry without a block.
pub(super) const NO_BLOCK: &str = "no PEM-encoded data found";
/// Why a server refuses an entry whose first block is another.
pub(super) const OTHER_LABEL: &str = "first PEM-block should be CERTIFICATE type";
/// What Go says of a block whose content begins with no certificate.
pub(super) const NO_CERTIFICATE: &str = "x509: malformed certificate";
pub(super) const BEGIN: &str = "-----BEGIN CERTIFICATE-----\n";
pub(super) const END: &str = "-----END CERTIFICATE-----\n";
/// A block that holds no certificate, only a sequence of nothing.
pub(super) const UNREADABLE: &str =
    "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
/// A block that is labelled as a private key, and holds none.
pub(super) const PRIVATE_KEY: &str =
    "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n";

/// A vector with this text as its only root.
pub(super) fn entry(maker: &Maker, condition: &str, description: &str, text: &str) -> Vector {
    maker.with_roots(Area::Pem, condition, description, &[text])
}

/// What stands between BEGIN and END, with its line ends.
pub(super) fn between(root: &str) -> &str {
    let after = root.strip_prefix(BEGIN).unwrap_or_default();
    after.strip_suffix(END).unwrap_or_default()
}

/// A block of this label around a base64 text.
pub(super) fn block(label: &str, content: &str) -> String {
    format!("-----BEGIN {label}-----\n{content}-----END {label}-----\n")
}

/// The root with PEM headers, given with their line ends.
pub(super) fn with_headers(root: &str, headers: &str) -> String {
    format!("{BEGIN}{headers}\n{}{END}", between(root))
}
