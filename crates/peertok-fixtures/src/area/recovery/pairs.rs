//! Several kinds of damage at once, as they come together: undone from the outside to the inside.

use super::build::{damaged, meaning, padded, vector, with_signs};
use crate::maker::Maker;
use crate::text::lines;
use crate::vector::Vector;
use peering_token::{Stage, encode_base64};

pub(super) fn vectors(maker: &Maker) -> Vec<Vector> {
    [quoted(maker), encoded(maker), in_texts(maker)].concat()
}

fn quoted(maker: &Maker) -> Vec<Vector> {
    let token = |condition: &str| padded(maker, condition, 2);
    let simple = |condition: &str,
                  description: &str,
                  at: usize,
                  damages: &[&'static str],
                  spoil: fn(&str) -> String| {
        let token = token(condition);
        damaged(condition, description, &token, spoil(&token), at, damages)
    };
    vec![
        simple(
            "quotes-padding",
            "Quotes around it, and no padding at its end.",
            0,
            &["quotes", "padding"],
            |token| format!("'{}'", token.trim_end_matches('=')),
        )
        .unlike("single-quotes"),
        simple(
            "quotes-envelope",
            "Consul's envelope with the quotes that kept a shell off it.",
            0,
            &["quotes", "envelope"],
            |token| format!("'{{\"PeeringToken\":\"{token}\"}}'"),
        )
        .unlike("envelope"),
        simple(
            "envelope-as-string",
            "Consul's envelope as a JSON string.",
            0,
            &["quotes", "escapes", "envelope"],
            |token| format!("\"{{\\\"PeeringToken\\\":\\\"{token}\\\"}}\""),
        )
        .unlike("quotes-envelope"),
        simple(
            "envelope-not-closed",
            "Consul's envelope without its end.",
            0,
            &["key", "quotes"],
            |token| format!("{{\"PeeringToken\": \"{token}"),
        )
        .unlike("envelope"),
        simple(
            "json-member",
            "A line of a JSON text, with its comma.",
            0,
            &["surrounding-blanks", "key", "quotes"],
            |token| format!("  \"token\": \"{token}\","),
        )
        .unlike("name-and-colon"),
        simple(
            "shell-variable-quoted",
            "The line of a shell that sets a variable to it, in quotes.",
            "export".len(),
            &["key", "quotes"],
            |token| format!("export TOKEN=\"{token}\""),
        )
        .unlike("shell-variable"),
        simple(
            "string-with-line-end",
            "A JSON string with an escaped line end in it.",
            0,
            &["quotes", "escapes"],
            |token| format!("\"{token}\\n\""),
        )
        .unlike("double-quotes"),
        simple(
            "form-field",
            "A field of a form as it is sent.",
            "PeeringToken".len(),
            &["key", "percent-encoding"],
            |token| format!("PeeringToken={}", token.replace('=', "%3D")),
        )
        .unlike("name-and-equals-sign"),
    ]
}

fn encoded(maker: &Maker) -> Vec<Vector> {
    let layer = |text: &str| encode_base64(text.as_bytes()).to_string();
    let safe = with_signs(maker, "url-safe-padding");
    let first = safe.find(['+', '/']).unwrap_or_default();
    let envelope = padded(maker, "utf-16-envelope", 1);
    let powershell = format!("\u{feff}{{\"PeeringToken\":\"{envelope}\"}}\r\n");
    let powershell: Vec<u8> = powershell
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = padded(maker, "byte-order-mark-blank", 2);
    let twice = padded(maker, "quotes-base64-twice", 2);
    let wrapped = padded(maker, "base64-twice-indented", 1);
    let quotes = padded(maker, "base64-of-quotes", 2);
    let of_quotes = vector(
        "base64-of-quotes",
        "Put into base64 again together with quotes around it.",
        layer(&format!("\"{quotes}\"")),
    )
    .refused(
        Stage::Json,
        // A JSON text that is a string.
        "json: cannot unmarshal string into Go value of type structs.PeeringToken",
    );
    vec![
        damaged(
            "url-safe-padding",
            "In the URL-safe alphabet and without padding, as a JSON Web Token has it.",
            &safe,
            safe.replace('+', "-").replace('/', "_").replace('=', ""),
            first,
            &["url-safe", "padding"],
        )
        .unlike("url-safe"),
        damaged(
            "utf-16-envelope",
            "Consul's envelope as > of Windows PowerShell writes it.",
            &envelope,
            powershell,
            0,
            &["utf-16", "envelope"],
        )
        .unlike("utf-16"),
        damaged(
            "byte-order-mark-blank",
            "A byte order mark before it, and a blank behind it.",
            &marked,
            format!("\u{feff}{marked} "),
            0,
            &["invisible-characters", "surrounding-blanks"],
        )
        .unlike("byte-order-mark"),
        damaged(
            "quotes-base64-twice",
            "Put into base64 again, with quotes around that.",
            &twice,
            format!("'{}'", layer(&twice)),
            0,
            &["quotes", "base64-twice"],
        )
        .unlike("base64-twice"),
        damaged(
            "base64-twice-indented",
            "Put into base64 again, in lines with an indent.",
            &wrapped,
            lines(&layer(&wrapped), 76, "\n  "),
            77,
            &["blanks-inside", "base64-twice"],
        )
        .unlike("base64-twice"),
        meaning(of_quotes, &quotes, &["base64-twice", "quotes"]).unlike("base64-twice"),
    ]
}

fn in_texts(maker: &Maker) -> Vec<Vector> {
    let token = |condition: &str| padded(maker, condition, 2);
    let block = token("yaml-block-indented");
    let fence = token("code-fence-shell");
    let mail = token("mail-quoted-printable");
    let answer = token("mail-answered");
    let bare = token("code-fence-missing");
    let printable = lines(&mail, 70, "\n").replace('=', "=3D");
    vec![
        damaged(
            "yaml-block-indented",
            "A block scalar of YAML with its key and its indent.",
            &block,
            format!("token: |\n  {}\n", lines(&block, 76, "\n  ")),
            "token".len(),
            &["key", "blanks-inside"],
        )
        .unlike("yaml-block"),
        damaged(
            "code-fence-shell",
            "A code block with the line of a shell in it.",
            &fence,
            format!("```sh\nexport TOKEN={fence}\n```"),
            0,
            &["code-fence", "key"],
        )
        .unlike("code-fence"),
        damaged(
            "code-fence-missing",
            "Lines of a code block that a chat has indented instead of fencing them.",
            &bare,
            format!("    {}\n", lines(&bare, 80, "\n    ")),
            0,
            &["surrounding-blanks", "blanks-inside"],
        )
        .unlike("indented"),
        damaged(
            "mail-quoted-printable",
            "Quoted in an answer to an e-mail, and quoted-printable.",
            &mail,
            format!("> {}\n", printable.replace('\n', "=\n> ")),
            0,
            &["quote-marks", "quoted-printable"],
        )
        .unlike("mail-quoted"),
        damaged(
            "mail-answered",
            "An answer to an e-mail, which quotes the token among other lines.",
            &answer,
            format!(
                "Thank you!\n\nOn Monday the other site wrote:\n> the token:\n>\n> {}\n> \n> bye\n",
                lines(&answer, 72, "\n> ")
            ),
            "Thank".len(),
            &["text-around", "quote-marks"],
        )
        .unlike("mail-around"),
    ]
}
