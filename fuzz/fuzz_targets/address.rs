//! The parts of an address make the address, its port is the number that Rust reads, and what gRPC
//! dials is that host and port unless a URL says otherwise.
#![no_main]

use godialect::address::{read_number, split_host_port};
use godialect::target::Target;
use libfuzzer_sys::fuzz_target;
use peertok::token::is_server_address;

fuzz_target!(|address: &str| {
    let Some((host, port)) = split_host_port(address) else {
        return assert!(!is_server_address(address));
    };
    let joined = [format!("{host}:{port}"), format!("[{host}]:{port}")];
    assert!(joined.iter().any(|joined| joined == address));

    // Beyond 64 bits the two part, and neither is a port.
    let ports = 1..=65_535;
    let expected = port.parse().ok().filter(|number| ports.contains(number));
    let number = read_number(port).filter(|number| ports.contains(number));
    assert_eq!(number, expected);
    assert_eq!(is_server_address(address), number.is_some());

    if let Some(Target::Host { host: dialed, port }) = Target::of(address) {
        let in_url = address.contains(['%', '?', '#']);
        assert!(in_url || dialed == host && Some(i64::from(port)) == number);
    }
});
