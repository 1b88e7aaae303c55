//! After an edit a server reads the fields with that edit alone, and the same edit again changes
//! nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::{PeeringToken, Secret};
use peertok::edit::edit;
use peertok::token::{Field, Locality, Reading};

fuzz_target!(|json: &[u8]| {
    let unset = PeeringToken::new();
    let Ok(reading) = Reading::of_json(json) else {
        return assert!(edit(json, &unset, &[Field::Ca]).is_err());
    };
    let text = || "a\"<\u{2028}".to_owned();
    let mut set = PeeringToken::new();
    set.ca = Some(Vec::new());
    set.manual_server_addresses = Some(vec![text(), String::new()]);
    set.server_addresses = Some(vec![text()]);
    set.server_name = text();
    set.peer_id = text();
    set.establishment_secret = Secret::new(text());
    set.remote.partition = text();
    set.remote.datacenter = text();
    set.remote.locality = Some(Locality::new(text(), ""));
    for token in [unset, set] {
        for &field in Field::ALL {
            let Ok(edited) = edit(json, &token, &[field]) else {
                return assert!(reading.type_error.is_some() || json.trim_ascii() == b"null");
            };
            assert_eq!(edit(&edited, &token, &[field]).unwrap(), edited);
            // A region and a zone are written together, as a locality.
            let written = match field {
                Field::Region | Field::Zone => Field::Locality,
                field => field,
            };
            let mut expected = reading.token.clone();
            expected.copy_field(written, &token);
            assert_eq!(Reading::of_json(&edited).unwrap().token, expected);
        }
    }
});
