//! A file that describes a mesh is read, or refused at places that are within it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::mesh::MeshFile;

fuzz_target!(|text: &str| {
    if let Err(faults) = MeshFile::parse(text) {
        assert!(!faults.is_empty());
        for located in faults {
            assert!(text.get(located.span.clone()).is_some());
            let _ = (located.fault.to_string(), located.fault.hints());
        }
    }
});
