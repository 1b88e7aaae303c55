//! The only form that Consul's state store takes for the IDs and secrets of peerings.

/// Returns true for 32 hexadecimal digits in either case, with dashes as in 8-4-4-4-12. No bits are
/// reserved for a version.
///
/// A server that restores a snapshot with a peering's ID or secret in any other form panics
/// (`agent/consul/state`: their index takes 36 characters).
///
/// ```
/// assert!(consul_snapshot::is_uuid("98e39ed8-212e-48fa-a03e-017869adcbf1"));
/// assert!(!consul_snapshot::is_uuid("98e39ed8212e48faa03e017869adcbf1"));
/// ```
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    let Ok(text) = <&[u8; 36]>::try_from(text.as_bytes()) else {
        return false;
    };
    // 36 characters less four dashes.
    let digits = text.iter().filter(|byte| byte.is_ascii_hexdigit());
    digits.count() == 32 && [8, 13, 18, 23].iter().all(|&at| text[at] == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_with_dashes_is_a_uuid() {
        for (text, expected) in [
            ("98e39ed8-212e-48fa-a03e-017869adcbf1", true),
            ("98E39ED8-212e-48fa-a03e-017869ADCBF1", true),
            ("00000000-0000-0000-0000-000000000000", true),
            ("", false),
            ("98e39ed8-212e-48fa-a03e-017869adcbf", false),
            ("98e39ed8-212e-48fa-a03e-017869adcbf11", false),
            ("98e39ed8-212e-48fa-a03e-017869adcbfg", false),
            ("98e39ed8-212e-48fa-a03e0-17869adcbf1", false),
            ("-98e39ed8212e-48fa-a03e-017869adcbf1", false),
            ("98e39ed8-212e-48fa-a03e-017869adcb\u{e9}", false),
        ] {
            assert_eq!(is_uuid(text), expected, "{text:?}");
        }
    }
}
