//! A vector whose root is the cluster's with one part replaced.

use crate::certificate::Certificate;
use crate::maker::Maker;
use crate::vector::{Area, Vector};
use godialect::pem::encode_certificate;

/// A vector whose only root is the cluster's with a change.
pub(super) fn changed(
    maker: &Maker,
    condition: &str,
    description: &str,
    change: impl FnOnce(&mut Certificate),
) -> Vector {
    let mut certificate = maker.certificate(&format!("x509_{condition}"));
    change(&mut certificate);
    let entry = maker.entry(&certificate);
    maker.with_roots(Area::X509, condition, description, &[&entry])
}

/// A vector whose only root is the cluster's, with a change of its DER.
pub(super) fn recoded(
    maker: &Maker,
    condition: &str,
    description: &str,
    change: impl FnOnce(&mut Vec<u8>),
) -> Vector {
    let certificate = maker.certificate(&format!("x509_{condition}"));
    let mut der = certificate.der(&maker.key);
    change(&mut der);
    maker.with_roots(
        Area::X509,
        condition,
        description,
        &[&encode_certificate(&der)],
    )
}

/// One part to be put into a certificate, and what is said of it then.
pub(super) struct Case {
    condition: &'static str,
    description: &'static str,
    part: Vec<u8>,
    /// Go's reason to refuse it, and the condition of a near miss.
    refusal: Option<(&'static str, &'static str)>,
    /// The reason in the words of Go 1.25 and earlier, where they differ.
    once: Option<&'static str>,
    findings: &'static [&'static str],
}

/// A part that Go takes.
pub(super) fn taken(
    condition: &'static str,
    description: &'static str,
    part: impl Into<Vec<u8>>,
) -> Case {
    Case {
        condition,
        description,
        part: part.into(),
        refusal: None,
        once: None,
        findings: &[],
    }
}

/// A part that Go refuses for this reason, while it does not that of the other condition.
pub(super) fn refused(
    condition: &'static str,
    description: &'static str,
    part: impl Into<Vec<u8>>,
    reason: &'static str,
    near_miss: &'static str,
) -> Case {
    Case {
        refusal: Some((reason, near_miss)),
        ..taken(condition, description, part)
    }
}

impl Case {
    pub(super) fn once(mut self, reason: &'static str) -> Self {
        self.once = Some(reason);
        self
    }

    pub(super) fn finds(mut self, findings: &'static [&'static str]) -> Self {
        self.findings = findings;
        self
    }

    /// The vector, given how the part gets into the certificate.
    pub(super) fn vector(
        self,
        maker: &Maker,
        put: impl FnOnce(&mut Certificate, Vec<u8>),
    ) -> Vector {
        let vector = changed(maker, self.condition, self.description, |certificate| {
            put(certificate, self.part);
        });
        let vector = vector.finds(self.findings);
        let vector = match self.refusal {
            Some((reason, near_miss)) => vector.bad_root(reason).unlike(near_miss),
            None => vector,
        };
        match self.once {
            Some(reason) => vector.once(&format!("peering token invalid CA: {reason}")),
            None => vector,
        }
    }
}
