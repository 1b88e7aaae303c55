//! A small certificate, made in memory, whose parts the tests replace one at a time.

use super::check_certificate;

/// An element with a correct length of at most two length bytes.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match u16::try_from(content.len()).expect("the content is short") {
        short @ ..0x80 => vec![short as u8],
        long @ ..0x100 => vec![0x81, long as u8],
        long => [&[0x82], &long.to_be_bytes()[..]].concat(),
    };
    [&[tag], &length[..], content].concat()
}

/// The parts of a version 3 certificate that Go accepts.
#[derive(Clone)]
pub(super) struct Sample {
    pub(super) version: Vec<u8>,
    pub(super) serial: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) validity: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) key: Vec<u8>,
    /// Unique identifiers, extensions and whatever else follows the key.
    pub(super) after_key: Vec<u8>,
    pub(super) outer_algorithm: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) trailing: Vec<u8>,
}

impl Default for Sample {
    fn default() -> Self {
        let algorithm = element(0x30, &[0x06, 0x01, 0x2a]);
        let time = element(0x17, b"250101000000Z");
        Self {
            version: vec![0xa0, 0x03, 0x02, 0x01, 0x02],
            serial: vec![0x02, 0x01, 0x01],
            algorithm: algorithm.clone(),
            issuer: vec![0x30, 0x00],
            validity: element(0x30, &[time.clone(), time].concat()),
            subject: vec![0x30, 0x00],
            key: element(0x30, &[&algorithm[..], &[0x03, 0x01, 0x00]].concat()),
            after_key: vec![],
            outer_algorithm: algorithm,
            signature: vec![0x03, 0x01, 0x00],
            trailing: vec![],
        }
    }
}

impl Sample {
    /// With this key, whose algorithm and parameters are given encoded.
    pub(super) fn with_key(algorithm: &[u8], parameters: &[u8], key: &[u8]) -> Self {
        let algorithm = element(0x30, &[&element(0x06, algorithm), parameters].concat());
        let key = element(0x03, &[&[0x00], key].concat());
        Self {
            key: element(0x30, &[algorithm, key].concat()),
            ..Self::default()
        }
    }

    /// With these extensions.
    pub(super) fn with_extensions(extensions: &[Vec<u8>]) -> Self {
        Self {
            after_key: element(0xa3, &element(0x30, &extensions.concat())),
            ..Self::default()
        }
    }

    /// With the extension 2.5.29.`last` alone.
    pub(super) fn with_extension(last: u8, value: &[u8]) -> Self {
        Self::with_extensions(&[extension(last, false, value)])
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let tbs = [
            &self.version,
            &self.serial,
            &self.algorithm,
            &self.issuer,
            &self.validity,
            &self.subject,
            &self.key,
            &self.after_key,
        ];
        let tbs = element(0x30, &tbs.map(Vec::as_slice).concat());
        let certificate = [&tbs, &self.outer_algorithm, &self.signature];
        let certificate = element(0x30, &certificate.map(Vec::as_slice).concat());
        [certificate, self.trailing.clone()].concat()
    }

    /// What the check says; empty where it accepts.
    pub(super) fn message(&self) -> String {
        check_certificate(&self.der()).map_or_else(|error| error.to_string(), |()| String::new())
    }
}

/// The extension 2.5.29.`last`.
pub(super) fn extension(last: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[0x01, 0x01, 0xff] } else { &[] };
    let identifier = [0x06, 0x03, 0x55, 0x1d, last];
    element(
        0x30,
        &[&identifier, critical, &element(0x04, value)].concat(),
    )
}
