//! The fields of a token as texts.

use peering_token::fields::Fields;
use std::borrow::Cow;
use zeroize::Zeroize;

/// A token's fields but for `CA`, as far as they can be without copies.
pub(super) struct Token<'a> {
    pub(super) manual_server_addresses: Vec<Cow<'a, str>>,
    pub(super) server_addresses: Vec<Cow<'a, str>>,
    pub(super) server_name: Cow<'a, str>,
    pub(super) peer_id: Cow<'a, str>,
    pub(super) establishment_secret: Cow<'a, str>,
    pub(super) partition: Cow<'a, str>,
    pub(super) datacenter: Cow<'a, str>,
    pub(super) has_locality: bool,
}

impl<'a> Token<'a> {
    pub(super) fn of(fields: &Fields<'a>) -> Self {
        Self {
            manual_server_addresses: fields.manual_server_addresses.texts(),
            server_addresses: fields.server_addresses.texts(),
            server_name: fields.server_name.unescape(),
            peer_id: fields.peer_id.unescape(),
            establishment_secret: fields.establishment_secret.unescape(),
            partition: fields.partition.unescape(),
            datacenter: fields.datacenter.unescape(),
            has_locality: fields.locality.is_some(),
        }
    }
}

impl Drop for Token<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(secret) = &mut self.establishment_secret {
            secret.zeroize();
        }
    }
}
