//! A certificate is judged the same twice, and is one no longer with a byte more or less.
#![no_main]

use godialect::x509::check_certificate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|der: &[u8]| {
    let verdict = check_certificate(der);
    assert_eq!(check_certificate(der), verdict);
    if verdict.is_ok() {
        let longer = [der, &[0]].concat();
        let error = check_certificate(&longer).unwrap_err();
        assert_eq!(error.to_string(), "x509: trailing data");
        let shorter = &der[..der.len() - 1];
        assert!(check_certificate(shorter).is_err());
    }
});
