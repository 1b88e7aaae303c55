//! Whatever is given as a root, a private key or a configuration gets an answer, and the same one in
//! a configuration as beside it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::ca::{agent_configuration, check_configuration, check_root};
use peertok::token::encode_base64;

fuzz_target!(|input: &[u8]| {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let _ = check_configuration(input, Some(input), at);
    let block = |label: &str| {
        let base64 = encode_base64(input);
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", *base64)
    };
    let root = block("CERTIFICATE");
    for label in ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"] {
        let key = block(label);
        let faults = check_root(root.as_bytes(), Some(key.as_bytes()), at);
        let configuration = agent_configuration("", &root, &key);
        let configured = check_configuration(configuration.as_bytes(), None, at).unwrap();
        assert!(configured.starts_with(&faults));
    }
    let text = String::from_utf8_lossy(input);
    let faults = check_root(text.as_bytes(), Some(text.as_bytes()), at);
    assert!(!faults.is_empty());
});
