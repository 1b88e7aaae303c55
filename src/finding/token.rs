//! The fields of a token as texts.

use peering_token::Field;
use peering_token::fields::Fields;
use peering_token::schema::Struct;
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
        let text = |field| fields.text(field).unescape();
        Self {
            manual_server_addresses: fields.list(Field::ManualServerAddresses).texts(),
            server_addresses: fields.list(Field::ServerAddresses).texts(),
            server_name: text(Field::ServerName),
            peer_id: text(Field::PeerId),
            establishment_secret: text(Field::EstablishmentSecret),
            partition: text(Field::Partition),
            datacenter: text(Field::Datacenter),
            has_locality: fields.has(Struct::Locality),
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
