//! The types of records: the byte that each record of `state.bin` starts with.

pub(crate) const REGISTRATION: u8 = 0;
pub(crate) const CA_ROOT: u8 = 13;
pub(crate) const CA_CONFIG: u8 = 15;
pub(crate) const CONFIG_ENTRY: u8 = 22;
pub(crate) const PEERING: u8 = 35;
pub(crate) const TRUST_BUNDLE: u8 = 38;
pub(crate) const SECRETS: u8 = 40;

/// The first type that only Consul Enterprise writes.
pub(crate) const ENTERPRISE: u8 = 64;

/// Consul's name of a type that this crate reads.
pub(crate) fn name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        REGISTRATION => "registration",
        CA_ROOT => "CA root",
        CA_CONFIG => "CA configuration",
        CONFIG_ENTRY => "config entry",
        PEERING => "Peering",
        TRUST_BUNDLE => "PeeringTrustBundle",
        SECRETS => "PeeringSecrets",
        _ => return None,
    })
}
