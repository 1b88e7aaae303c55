//! After an edit a server reads the fields with that edit alone, and the same edit again changes
//! nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::{Change, Locality, Reading, Secret, edit};

fuzz_target!(|json: &[u8]| {
    let Ok(reading) = Reading::of_json(json) else {
        return assert!(edit(json, &[Change::Ca(None)]).is_err());
    };
    let text = || "a\"<\u{2028}".to_owned();
    let locality = Locality { region: text(), zone: String::new() };
    for change in [
        Change::Ca(None),
        Change::Ca(Some(Vec::new())),
        Change::ManualServerAddresses(Some(vec![text(), String::new()])),
        Change::ServerAddresses(Some(vec![text()])),
        Change::ServerName(text()),
        Change::PeerId(String::new()),
        Change::EstablishmentSecret(Secret::new(text())),
        Change::Partition(text()),
        Change::Datacenter(String::new()),
        Change::Locality(Some(locality)),
        Change::Locality(None),
    ] {
        let Ok(edited) = edit(json, std::slice::from_ref(&change)) else {
            return assert!(reading.type_error.is_some() || json.trim_ascii() == b"null");
        };
        assert_eq!(edit(&edited, std::slice::from_ref(&change)).unwrap(), edited);
        let mut expected = reading.token.clone();
        change.apply(&mut expected);
        assert_eq!(Reading::of_json(&edited).unwrap().token, expected);
    }
});
