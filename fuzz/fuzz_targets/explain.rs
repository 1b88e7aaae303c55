//! A text, as an argument and as a line of a log: nothing panics, and what is recognised in a log is
//! recognised in an argument as well.
#![no_main]

use libfuzzer_sys::fuzz_target;
use peertok::explain::{Explainer, Message, Strictness, nearest};
use std::sync::LazyLock;

static EXPLAINER: LazyLock<Explainer> = LazyLock::new(Explainer::new);

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let [argument, log] = [Strictness::Argument, Strictness::Log].map(|strictness| {
        let mut message = Message::new(strictness);
        EXPLAINER.read(&mut message, &text);
        message
    });
    if !log.causes().is_empty() {
        assert!(!argument.causes().is_empty());
    }
    assert!(nearest(&text, 3).len() <= 3);
});
