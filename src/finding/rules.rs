//! The rules, one a file, each with its text beside its check.
//!
//! | codes | about |
//! |---|---|
//! | PT1xx | the root certificates |
//! | PT2xx | the server name and the datacenter |
//! | PT3xx | the peer ID and the secret |
//! | PT4xx | the addresses |
//! | PT5xx | what only a snapshot of the acceptor or the dialer tells |
//! | PT6xx | how the JSON is written |
//! | PT7xx | releases and editions of Consul |

use super::Rule;

/// Declares the files of the rules and lists them.
macro_rules! rules {
    ($($rule:ident,)*) => {
        $(mod $rule;)*
        pub(super) static RULES: &[&Rule] = &[$(&$rule::RULE,)*];
    };
}

/// The rules that cost more than all others together.
pub(super) static COSTLY: &[&Rule] = &[&ca_signature::RULE];

rules! {
    no_ca,
    ca_expired,
    ca_not_yet_valid,
    ca_expiring,
    ca_not_a_ca,
    ca_no_cert_sign,
    ca_duplicate,
    ca_extra_certificate,
    ca_weak_key,
    ca_signature,
    ca_unusable,
    ca_private_key,
    server_name_mismatch,
    server_name_shape,
    server_name_legacy,
    datacenter_mismatch,
    secret_missing,
    secret_not_uuid,
    peer_id_not_uuid,
    address_private,
    address_loopback,
    address_link_local,
    address_unspecified,
    address_documentation,
    address_duplicate,
    address_host_invalid,
    address_whitespace,
    address_http_port,
    address_plaintext_port,
    address_rpc_port,
    address_zone,
    server_addresses_shadowed,
    address_scheme,
    address_not_a_host,
    token_used,
    token_superseded,
    token_unknown,
    peering_terminated,
    peering_deleting,
    ca_root_missing,
    address_not_a_server,
    same_cluster,
    name_taken,
    server_name_other,
    unknown_field,
    duplicate_field,
    field_case,
    not_canonical,
    locality_old_server,
    partition_set,
    dialer_too_new,
    manual_addresses_old_dialer,
}
