//! What Go's `json.Unmarshal` says of what is within a token's base64.
//!
//! Go says the same words of any JSON, so that all of them are shared.

use super::{KnownError, Moment, plain};
use peering_token::Stage;

const JSON: KnownError = KnownError {
    stage: Some(Stage::Json),
    source: "Go: encoding/json; recorded from a server, Consul 1.23.0-dev",
    ..plain(Moment::Establish)
};

pub(super) static ANSWERS: &[KnownError] = &[
    KnownError {
        name: "json-not-json",
        shared: &["invalid character <character> looking for beginning of value"],
        what: "What is in the base64 is no JSON, or a value in it is missing.",
        why: "At its start this means that some other base64 was given: a Secret's data that is base64 twice shows the character 'e', a binary file anything. Within the text it is a comma too many or a value without quotes.",
        tell: "peertok decode @token.txt, or base64 -d < token.txt | head -c 80. A token starts with eyJ, and what is in it with {\"CA\":.",
        fix: "Take the right text. If what comes out of base64 -d starts with eyJ again, that is the token.",
        ..JSON
    },
    KnownError {
        name: "json-structure",
        shared: &[
            "invalid character <character> looking for beginning of object key string",
            "invalid character <character> after object key:value pair",
            "invalid character <character> after object key",
            "invalid character <character> after array element",
        ],
        what: "A quote, comma, colon or bracket of the token's JSON is wrong.",
        why: "A server writes JSON without such faults, so the token was edited by hand, or a byte was damaged or lost on the way.",
        tell: "base64 -d < token.txt | jq . names the place.",
        fix: "Copy the token again from where it was made. To change fields, use peertok edit, or jq with --arg in place of an editor.",
        ..JSON
    },
    KnownError {
        name: "json-text",
        shared: &[
            "invalid character <character> in string literal",
            "invalid character <character> in string escape code",
            "hexadecimal character escape",
        ],
        what: "A text in the token's JSON has a character that may not stand there.",
        why: "A line end or another control character between quotes is most often a certificate pasted with real line ends, where JSON wants \\n. Behind a backslash only \" \\ / b f n r t and u with four hexadecimal digits may stand.",
        tell: "base64 -d < token.txt | jq . names the place.",
        fix: "Put certificates into the JSON with a tool that escapes them, such as peertok edit --add-ca FILE or jq --rawfile.",
        ..JSON
    },
    KnownError {
        name: "json-literal",
        shared: &[
            "in literal null (expecting <letter>)",
            "in literal true (expecting <letter>)",
            "in literal false (expecting <letter>)",
            "invalid character <character> in numeric literal",
            "invalid character <character> after decimal point in numeric literal",
            "invalid character <character> in exponent of numeric literal",
        ],
        what: "A null, true, false or number in the token's JSON is misspelt.",
        why: "JSON has these words in lower case and numbers without signs or zeros before them. A server writes null for an empty list; Python's None is none.",
        tell: "base64 -d < token.txt | jq . names the place.",
        fix: "Copy the token again, or write the JSON with a JSON library.",
        ..JSON
    },
    KnownError {
        name: "json-more-behind",
        shared: &["invalid character <character> after top-level value"],
        what: "Something follows the JSON within the token.",
        why: "Two tokens were joined, or a text was encoded that has more than the JSON.",
        tell: "base64 -d < token.txt | tail -c 80. A whole token's JSON ends in }.",
        fix: "Copy one token alone.",
        ..JSON
    },
    KnownError {
        name: "json-cut-off",
        shared: &["unexpected end of JSON input"],
        what: "The JSON within the token ends too early.",
        why: "The token was cut off at a place that still is base64: a terminal, a form field or a limit of a variable lost the end. An empty text says so too.",
        tell: "base64 -d < token.txt | tail -c 80. A whole token's JSON ends in }, after EstablishmentSecret and Remote.",
        fix: "Copy the token again, whole; through a file in place of a terminal.",
        ..JSON
    },
    KnownError {
        name: "json-too-deep",
        shared: &["exceeded max depth"],
        what: "The JSON within the token has more than 10,000 brackets in each other.",
        why: "Go stops there. No token has more than three.",
        tell: "base64 -d < token.txt | head -c 200.",
        fix: "Take the right text: this one was never a token.",
        ..JSON
    },
    KnownError {
        name: "json-type",
        shared: &["json: cannot unmarshal <found> into Go <place> of type <type>"],
        what: "A field of the token has another type than Consul's.",
        why: "CA and the two address lists are lists of texts; the other fields are texts, and Remote is an object. A single root or address without its [ ] is the usual fault, after an edit by hand.",
        tell: "The message names the field behind PeeringToken, and what was found there.",
        fix: "Put a single text between [ and ], or use peertok edit, which keeps the types.",
        ..JSON
    },
];
