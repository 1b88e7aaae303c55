//! What is said of a root certificate in a token.
//!
//! Behind `peering token invalid CA: ` stand the words of Go's `x509.ParseCertificate`. Roots that a
//! server put into a token have passed it, so that a damaged copy is the usual cause; a root that was
//! put there by hand may be one that Go does not take.

use super::{KnownError, Moment, plain};
use peering_token::Stage;

const CA: KnownError = KnownError {
    stage: Some(Stage::Ca),
    source: "Go: crypto/x509, ParseCertificate; recorded from a server, Consul 1.23.0-dev",
    tell: "peertok validate @token.txt names the entry. Of the root by itself: openssl x509 -in root.pem -noout -text.",
    fix: "If the root at the acceptor is good (curl http://127.0.0.1:8500/v1/connect/ca/roots), the copy was damaged: make the token again. If not, the CA needs another root.",
    ..plain(Moment::Establish)
};

pub(super) static ANSWERS: &[KnownError] = &[
    KnownError {
        name: "ca-no-pem",
        texts: &["peering token invalid CA: no PEM-encoded data found"],
        shared: &["no PEM-encoded data found"],
        what: "An entry of CA holds no PEM.",
        why: "An entry is the text of a certificate from -----BEGIN CERTIFICATE----- to the END line, with its line ends. An empty entry, a file's name, DER, base64 without the two lines, or line ends that became blanks are not.",
        tell: "peertok decode @token.txt shows which entry has no certificate in PEM.",
        fix: "Make the token again. By hand, put the file in as it is: peertok edit --add-ca root.pem, or jq --rawfile.",
        ..CA
    },
    KnownError {
        name: "ca-not-certificate",
        texts: &["peering token invalid CA: first PEM-block should be CERTIFICATE type"],
        shared: &["first PEM-block should be CERTIFICATE type"],
        what: "The first PEM block of a root is no CERTIFICATE.",
        why: "A file with the private key or parameters before the certificate, a key alone, or \"TRUSTED CERTIFICATE\" as openssl writes it does this. If it is a private key, whoever saw the token has it.",
        tell: "base64 -d < token.txt | grep -o 'BEGIN [A-Z ]*' lists the blocks in their order.",
        fix: "Put the certificate alone into the token. A private key that was in a token is to be replaced.",
        ..CA
    },
    KnownError {
        name: "ca-malformed",
        shared: &[
            "x509: malformed ",
            "x509: invalid version",
            "x509: unsupported time format",
        ],
        what: "A root is not encoded as a certificate has to be.",
        why: "Go reads DER strictly, and stopped at the part that the message names. Bytes were damaged or lost, or the certificate was made by a tool that does not keep to DER.",
        ..CA
    },
    KnownError {
        name: "ca-trailing-data",
        shared: &["x509: trailing data"],
        what: "Bytes follow the certificate within its PEM block.",
        why: "Two certificates in DER were joined and put into one block, or a tool filled the block up.",
        fix: "Write the root again from its DER, one certificate a block: openssl x509 -inform DER -in root.der -out root.pem.",
        ..CA
    },
    KnownError {
        name: "ca-serial-negative",
        shared: &["x509: negative serial number"],
        what: "The serial number of a root is below zero.",
        why: "RFC 5280 wants a positive number, and Go refuses negative ones since 1.23. Older servers may have taken the same root. A tool that writes random bytes without a zero before them makes one in two like this.",
        fix: "Make the root again with a positive serial number, or let the CA provider make one.",
        source: "Go: crypto/x509, ParseCertificate and the release notes of Go 1.23; recorded from a server, Consul 1.23.0-dev",
        ..CA
    },
    KnownError {
        name: "ca-signature-algorithms",
        shared: &["x509: inner and outer signature algorithm identifiers don't match"],
        what: "A root names two different signature algorithms.",
        why: "A certificate has the algorithm once in the signed part and once outside, and they have to be the same. A damaged byte is the usual cause.",
        ..CA
    },
    KnownError {
        name: "ca-name-invalid",
        shared: &["x509: invalid RDNSequence"],
        what: "The subject or issuer of a root is not encoded as Go wants it.",
        why: "The end of the message says what is wrong: such as a PrintableString with a character it may not have (@, _ and * among them), or a string type that Go does not know.",
        ..CA
    },
    KnownError {
        name: "ca-key-invalid",
        shared: &[
            "x509: unsupported elliptic curve",
            "point not on curve",
            "x509: failed to unmarshal elliptic curve point",
            "ecdsa: invalid uncompressed public key",
            "point encoding",
            "x509: invalid ECDSA parameters",
            "x509: invalid RSA",
            "x509: invalid DSA",
            "x509: zero or negative DSA parameter",
            "x509: RSA key missing NULL parameters",
            "x509: RSA modulus is not a positive number",
            "x509: RSA public exponent is not a positive number",
            "x509: Ed25519 key encoded with illegal parameters",
            "x509: wrong Ed25519 public key size",
        ],
        what: "The public key of a root is damaged, or of a kind that Go does not take.",
        why: "Go takes EC keys on P-224, P-256, P-384 and P-521, and RSA, DSA and Ed25519 keys. A point that is not on its curve is a damaged key; which words say so depends on the Go that built the server.",
        fix: "Make the token again. If the CA's key is on another curve, make a root with P-256: Consul's CA takes EC and RSA keys.",
        ..CA
    },
    KnownError {
        name: "ca-extension-duplicate",
        shared: &["x509: certificate contains duplicate extension with OID \"<oid>\""],
        what: "A root has the same extension twice.",
        why: "RFC 5280 allows each once. An openssl configuration that has a section for extensions and gives one again on the command line does this, and so does a damaged byte.",
        fix: "Make the root again with each extension once.",
        ..CA
    },
    KnownError {
        name: "ca-uri-invalid",
        shared: &["x509: cannot parse URI <uri>: "],
        what: "A URI in a root's alternative names is not one that Go reads.",
        why: "Consul's roots have a spiffe:// URI there. A character that is damaged or not allowed in a URI is refused; the end of the message says which.",
        ..CA
    },
    KnownError {
        name: "ca-extension-invalid",
        shared: &[
            "x509: invalid basic constraints",
            "x509: invalid key usage",
            "x509: invalid extended key usages",
            "x509: invalid subject alternative name",
            "x509: invalid subject key identifier",
            "x509: invalid authority key identifier",
            "x509: invalid authority info access",
            "x509: invalid CRL distribution point",
            "x509: invalid certificate policies",
            "x509: invalid policy",
            "x509: invalid inhibit any policy",
            "x509: invalid NameConstraints extension",
            "incorrectly marked critical",
            "x509: SAN <kind> is malformed",
            "x509: cannot parse IP address of length",
        ],
        what: "An extension of a root is not encoded as it has to be.",
        why: "The message names the extension. A damaged byte is the usual cause; a root from a tool of one's own may have the wrong type there.",
        ..CA
    },
    KnownError {
        name: "ca-constraints-invalid",
        shared: &[
            "x509: empty name constraints extension",
            "x509: IP constraint contained",
            "x509: failed to parse <kind> constraint",
            "x509: invalid constraint value",
        ],
        what: "The name constraints of a root are not ones that Go reads.",
        why: "Constraints limit the names that a CA may sign for. Go wants domains, addresses with a mask, mail domains and URI hosts there, in their own forms.",
        ..CA
    },
    KnownError {
        name: "ca-invalid",
        texts: &["peering token invalid CA: <words>"],
        what: "A root of the token is no certificate that Go reads.",
        why: "The words behind CA: are those of Go's x509.ParseCertificate.",
        ..CA
    },
];
