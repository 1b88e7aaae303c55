//! The file around `state.bin`: `meta.json`, the tar and the gzip.

use super::{Base, Crafted, crafted};
use flate2::{Compression, GzBuilder};
use ring::digest::{SHA256, digest};
use std::io::Write;
use tar::{EntryType, Header};

/// An index, as a record.
const RECORD: &[u8] = b"\x10\x82\xa3Key\xa1k\xa5Value\x01";
const BLOCK: usize = 512;

/// A snapshot's parts, each of which can be replaced.
#[derive(Clone)]
pub struct Parts {
    pub meta: Vec<u8>,
    pub state: Vec<u8>,
    /// The lines of `SHA256SUMS`; none where they are to fit.
    sums: Option<Vec<u8>>,
}

impl Parts {
    /// A snapshot with these records and the right `meta.json`.
    pub fn of(state: &[u8]) -> Self {
        let size = state.len();
        let meta = format!(
            "{{\"Version\":1,\"ID\":\"1-1-1\",\"Index\":1,\"Term\":1,\"Peers\":null,\"Configuration\":{{\"Servers\":[]}},\"ConfigurationIndex\":0,\"Size\":{size}}}\n"
        );
        let (meta, state) = (meta.into_bytes(), state.to_vec());
        let sums = None;
        Self { meta, state, sums }
    }

    fn sums(&self) -> Vec<u8> {
        let line = |name: &str, content: &[u8]| format!("{}  {name}\n", sum(content));
        let fitting = line("meta.json", &self.meta) + &line("state.bin", &self.state);
        self.sums.clone().unwrap_or(fitting.into_bytes())
    }

    fn member(&self, name: &str) -> Vec<u8> {
        match name {
            "meta.json" => self.meta.clone(),
            "state.bin" => self.state.clone(),
            _ => self.sums(),
        }
    }

    /// The tar with the members in this order, without its end.
    fn members(&self, order: &[&str]) -> Vec<u8> {
        order
            .iter()
            .flat_map(|name| member(&plain(name), &self.member(name)))
            .collect()
    }

    pub fn file(&self) -> Vec<u8> {
        gzip(&ended(self.members(&ORDER)))
    }
}

const ORDER: [&str; 3] = ["meta.json", "state.bin", "SHA256SUMS"];

fn sum(content: &[u8]) -> String {
    let sum = digest(&SHA256, content);
    sum.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn plain(name: &str) -> Header {
    let mut header = Header::new_ustar();
    header.set_path(name).unwrap();
    header.set_mode(0o600);
    header
}

fn member(header: &Header, content: &[u8]) -> Vec<u8> {
    let mut header = header.clone();
    header.set_size(content.len() as u64);
    header.set_cksum();
    padded(header.as_bytes(), content)
}

fn padded(header: &[u8], content: &[u8]) -> Vec<u8> {
    let mut out = [header, content].concat();
    out.resize(out.len().next_multiple_of(BLOCK), 0);
    out
}

fn ended(mut tar: Vec<u8>) -> Vec<u8> {
    tar.resize(tar.len() + 2 * BLOCK, 0);
    tar
}

fn gzip(content: &[u8]) -> Vec<u8> {
    gzip_with(GzBuilder::new(), content)
}

fn gzip_with(builder: GzBuilder, content: &[u8]) -> Vec<u8> {
    let mut gzip = builder.write(Vec::new(), Compression::none());
    gzip.write_all(content).unwrap();
    gzip.finish().unwrap()
}

/// Archives in other forms than Consul's own.
pub fn archives(base: &Base) -> Vec<Crafted> {
    let parts = Parts::of(&base.with(b""));
    let mut out = Vec::new();
    let mut add = |name: &str, file: Vec<u8>| out.push(crafted(format!("archive: {name}"), file));
    let (m, s, h) = (ORDER[0], ORDER[1], ORDER[2]);
    for order in [
        [m, s, h],
        [m, h, s],
        [s, m, h],
        [s, h, m],
        [h, m, s],
        [h, s, m],
    ] {
        let name = format!("the order {}", order.join(", "));
        add(&name, gzip(&ended(parts.members(&order))));
    }
    for missing in ORDER {
        let rest: Vec<_> = ORDER.into_iter().filter(|name| *name != missing).collect();
        add(&format!("no {missing}"), gzip(&ended(parts.members(&rest))));
    }
    add("no member", gzip(&ended(Vec::new())));
    add("nothing", gzip(b""));
    add("no gzip", ended(parts.members(&ORDER)));
    for twice in ORDER {
        let order = [m, s, h, twice];
        add(
            &format!("{twice} twice"),
            gzip(&ended(parts.members(&order))),
        );
    }
    let mut both = parts.clone();
    both.sums = Some(
        Parts {
            state: base.with(RECORD),
            ..parts.clone()
        }
        .sums(),
    );
    let halves = [
        member(&plain(s), &parts.state),
        member(&plain(s), RECORD),
        both.members(&[m, h]),
    ];
    add("state.bin in two members", gzip(&ended(halves.concat())));
    let with = |extra: Vec<u8>| gzip(&ended([parts.members(&ORDER), extra].concat()));
    add("a further file", with(member(&plain("README"), b"x")));
    let mut folder = plain("folder/");
    folder.set_entry_type(EntryType::Directory);
    add("a folder", with(member(&folder, b"")));
    for (name, kind) in [
        ("a hard link", EntryType::Link),
        ("a symbolic link", EntryType::Symlink),
        ("a pipe", EntryType::Fifo),
        ("a contiguous file", EntryType::Continuous),
        ("an extended header", EntryType::XHeader),
        ("a type of zero", EntryType::new(0)),
    ] {
        let mut header = plain(m);
        header.set_entry_type(kind);
        let tar = [member(&header, &parts.meta), parts.members(&[s, h])].concat();
        add(&format!("meta.json as {name}"), gzip(&ended(tar)));
    }
    let named = |name: &str| {
        let tar = [member(&plain(name), &parts.meta), parts.members(&[s, h])].concat();
        gzip(&ended(tar))
    };
    add("./meta.json", named("./meta.json"));
    add("META.JSON", named("META.JSON"));
    add("meta.json/", named("meta.json/"));
    let changed = |change: &dyn Fn(&mut Header)| {
        let mut header = plain(m);
        change(&mut header);
        let tar = [member(&header, &parts.meta), parts.members(&[s, h])].concat();
        gzip(&ended(tar))
    };
    let bytes = |at: usize, bytes: &'static [u8]| {
        changed(&|header| header.as_mut_bytes()[at..at + bytes.len()].copy_from_slice(bytes))
    };
    add("a prefix", bytes(345, b"folder"));
    add("a prefix that is a number", bytes(345, b"0000017"));
    add("a trailer of star", bytes(508, b"tar\0"));
    add("a mode that is no number", bytes(100, b"rw-rw-r"));
    add("a mode with a sign", bytes(100, b"+000600"));
    add("an empty mode", bytes(100, b"\0\0\0\0\0\0\0\0"));
    add("a mode between blanks", bytes(100, b"   600 "));
    add("a mode with a zero within", bytes(100, b"06\x0000 "));
    add("an owner that is no number", bytes(108, b"root\0\0\0"));
    add(
        "a time in base 256",
        bytes(136, b"\x80\0\0\0\0\0\0\0\0\0\0\x01"),
    );
    add("a device that is no number", bytes(329, b"x"));
    add("the magic of GNU", bytes(257, b"ustar  \0"));
    add("no magic", bytes(257, b"\0\0\0\0\0\0\0\0"));
    add("another version of ustar", bytes(263, b"99"));
    let mut gnu = Header::new_gnu();
    gnu.set_path(m).unwrap();
    gnu.set_mode(0o600);
    let tar = [member(&gnu, &parts.meta), parts.members(&[s, h])].concat();
    add("a header of GNU", gzip(&ended(tar)));
    let mut sized = plain(m);
    sized.set_size(parts.meta.len() as u64);
    sized.as_mut_bytes()[124..136].copy_from_slice(b"\x80\0\0\0\0\0\0\0\0\0\0\0");
    sized.as_mut_bytes()[135] = parts.meta.len() as u8;
    sized.set_cksum();
    let tar = [
        padded(sized.as_bytes(), &parts.meta),
        parts.members(&[s, h]),
    ]
    .concat();
    add("a size in base 256", gzip(&ended(tar)));
    let mut wrong = plain(m);
    wrong.set_size(parts.meta.len() as u64);
    let tar = [
        padded(wrong.as_bytes(), &parts.meta),
        parts.members(&[s, h]),
    ]
    .concat();
    add("no checksum", gzip(&ended(tar)));
    let mut padding = parts.members(&ORDER);
    *padding.last_mut().unwrap() = 1;
    add("padding that is not zero", gzip(&ended(padding)));
    let tar = parts.members(&ORDER);
    let zeros = |blocks: usize| [&tar[..], &vec![0; blocks * BLOCK]].concat();
    for blocks in [0, 1, 3, 20] {
        add(&format!("{blocks} zero blocks"), gzip(&zeros(blocks)));
    }
    add(
        "half a zero block",
        gzip(&[&tar[..], &[0; BLOCK / 2]].concat()),
    );
    add("half a tar", gzip(&tar[..tar.len() / 2]));
    let whole = parts.file();
    add("half a gzip", whole[..whole.len() / 2].to_vec());
    add("a gzip without its sum", whole[..whole.len() - 8].to_vec());
    add("bytes behind the gzip", [&whole[..], b"x"].concat());
    add("zeros behind the gzip", [&whole[..], &[0; 512]].concat());
    add(
        "an empty gzip behind the gzip",
        [&whole[..], &gzip(b"")].concat(),
    );
    let tar = ended(tar);
    let (first, second) = tar.split_at(700);
    add("two gzips", [gzip(first), gzip(second)].concat());
    add(
        "a gzip before the gzip",
        [gzip(b""), whole.clone()].concat(),
    );
    let mut damaged = whole.clone();
    let at = damaged.len() - 6;
    damaged[at] ^= 1;
    add("a gzip with another sum", damaged);
    for length in [10, 511, 512, 600, 66_000] {
        let name = GzBuilder::new().filename(vec![b'n'; length]);
        add(
            &format!("a gzip with a name of {length}"),
            gzip_with(name, &tar),
        );
        let comment = GzBuilder::new().comment(vec![b'n'; length]);
        add(
            &format!("a gzip with a comment of {length}"),
            gzip_with(comment, &tar),
        );
    }
    let second = [
        gzip(first),
        gzip_with(GzBuilder::new().filename(vec![b'n'; 600]), second),
    ];
    add("a second gzip with a long name", second.concat());
    add(
        "a gzip with extra bytes",
        gzip_with(GzBuilder::new().extra(vec![b'n'; 600]), &tar),
    );
    let text = |change: &dyn Fn(&str) -> String| {
        let mut parts = parts.clone();
        let sums = change(std::str::from_utf8(&parts.sums()).unwrap());
        parts.sums = Some(sums.into_bytes());
        parts.file()
    };
    let lines = |sums: &str| -> Vec<String> { sums.lines().map(str::to_owned).collect() };
    add(
        "sums in the other order",
        text(&|sums| {
            let lines = lines(sums);
            format!("{}\n{}\n", lines[1], lines[0])
        }),
    );
    add(
        "sums without a last line end",
        text(&|sums| sums.trim_end().to_owned()),
    );
    add("sums with CRLF", text(&|sums| sums.replace('\n', "\r\n")));
    add(
        "sums in capitals",
        text(&|sums| {
            lines(sums)
                .iter()
                .map(|line| line[..64].to_uppercase() + &line[64..] + "\n")
                .collect()
        }),
    );
    add("sums with one blank", text(&|sums| sums.replace("  ", " ")));
    add(
        "sums with three blanks",
        text(&|sums| sums.replace("  ", "   ")),
    );
    add("sums with a tab", text(&|sums| sums.replace("  ", "\t")));
    add(
        "sums with more in a line",
        text(&|sums| sums.replace('\n', " x\n")),
    );
    add("sums with an empty line", text(&|sums| format!("{sums}\n")));
    add(
        "sums with a line twice",
        text(&|sums| format!("{sums}{}\n", lines(sums)[0])),
    );
    add(
        "sums with a file that is not there",
        text(&|sums| format!("{sums}{}  x\n", sum(b""))),
    );
    add(
        "sums of one file",
        text(&|sums| format!("{}\n", lines(sums)[0])),
    );
    add("no sums", text(&|_| String::new()));
    add(
        "another sum",
        text(&|sums| sums.replacen(|c: char| c.is_ascii_digit(), "f", 1)),
    );
    add("a short sum", text(&|sums| sums[2..].to_owned()));
    out
}

/// Texts of `meta.json`.
pub fn metas(base: &Base) -> Vec<Crafted> {
    let parts = Parts::of(&base.with(b""));
    let plain = String::from_utf8(parts.meta.clone()).unwrap();
    let mut texts = vec![
        ("as it is", plain.clone()),
        ("nothing", String::new()),
        ("null", "null".to_owned()),
        ("an array", "[]".to_owned()),
        ("an empty object", "{}".to_owned()),
        ("a text behind it", format!("{plain}x")),
        ("blanks behind it", format!("{plain} \t\r\n")),
        ("a byte order mark", format!("\u{feff}{plain}")),
        ("cut off", plain[..plain.len() / 2].to_owned()),
        ("a comma too many", plain.replace("}\n", ",}\n")),
    ];
    let size = parts.state.len();
    for (from, to) in [
        ("\"Version\":1", "\"Version\":0"),
        ("\"Version\":1", "\"Version\":2"),
        ("\"Version\":1", "\"Version\":-1"),
        ("\"Version\":1", "\"Version\":1.0"),
        ("\"Version\":1", "\"Version\":1e0"),
        ("\"Version\":1", "\"Version\":\"1\""),
        ("\"Version\":1", "\"Version\":true"),
        ("\"Version\":1", "\"Version\":null"),
        ("\"Version\":1", "\"Version\":99999999999999999999"),
        ("\"Version\":1,", ""),
        ("\"Version\":1", "\"version\":1"),
        ("\"Version\":1", "\"VERSION\":1"),
        ("\"Version\":1", "\"Ver\u{17f}ion\":1"),
        ("\"Version\":1", "\"Versio\\u006e\":1"),
        ("\"Version\":1", "\"Version\":1,\"version\":0"),
        ("\"Version\":1", "\"version\":0,\"Version\":1"),
        ("\"Version\":1", "\"Version\":1,\"Version\":null"),
        ("\"Version\":1", "\"Version\":\"x\",\"Version\":1"),
        ("\"Version\":1", "\"Version\":1,\"Other\":{\"a\":[1,{}]}"),
        ("\"Version\":1", "\"Version\":1,\"Version \":2"),
        ("\"ID\":\"1-1-1\"", "\"ID\":1"),
        ("\"ID\":\"1-1-1\"", "\"ID\":null"),
        ("\"ID\":\"1-1-1\"", "\"ID\":\"\""),
        ("\"ID\":\"1-1-1\"", "\"id\":[]"),
        ("\"ID\":\"1-1-1\"", "\"ID\":\"\\ud800\""),
        ("\"ID\":\"1-1-1\"", "\"ID\":\"../../x\""),
        ("\"ID\":\"1-1-1\",", ""),
        ("\"Index\":1", "\"Index\":0"),
        ("\"Index\":1", "\"Index\":-1"),
        ("\"Index\":1", "\"Index\":-0"),
        ("\"Index\":1", "\"Index\":1.5"),
        ("\"Index\":1", "\"Index\":\"1\""),
        ("\"Index\":1", "\"Index\":18446744073709551616"),
        ("\"Index\":1", "\"index\":{}"),
        ("\"Index\":1,", ""),
        ("\"Term\":1", "\"Term\":0"),
        ("\"Term\":1", "\"Term\":18446744073709551615"),
        ("\"Term\":1", "\"Term\":18446744073709551616"),
        ("\"Term\":1", "\"Term\":-1"),
        ("\"Term\":1", "\"Term\":false"),
        ("\"Term\":1,", ""),
        ("\"Peers\":null", "\"Peers\":\"AAAA\""),
        ("\"Peers\":null", "\"Peers\":\"AA=\\nA\""),
        ("\"Peers\":null", "\"Peers\":\"AAA\""),
        ("\"Peers\":null", "\"Peers\":\"!\""),
        ("\"Peers\":null", "\"Peers\":[]"),
        ("\"Peers\":null", "\"Peers\":[1,2]"),
        ("\"Peers\":null", "\"Peers\":[256]"),
        ("\"Peers\":null", "\"Peers\":1"),
        ("{\"Servers\":[]}", "null"),
        ("{\"Servers\":[]}", "[]"),
        ("{\"Servers\":[]}", "{\"Servers\":null}"),
        ("{\"Servers\":[]}", "{\"servers\":{}}"),
        ("{\"Servers\":[]}", "{\"Servers\":[null]}"),
        ("{\"Servers\":[]}", "{\"Servers\":[1]}"),
        (
            "{\"Servers\":[]}",
            "{\"Servers\":[{\"Suffrage\":0,\"ID\":\"a\",\"Address\":\"b\"}]}",
        ),
        (
            "{\"Servers\":[]}",
            "{\"Servers\":[{\"Suffrage\":\"Voter\"}]}",
        ),
        ("{\"Servers\":[]}", "{\"Servers\":[{\"suffrage\":9}]}"),
        ("{\"Servers\":[]}", "{\"Servers\":[{\"ID\":1}]}"),
        ("{\"Servers\":[]}", "{\"Servers\":[{\"address\":[]}]}"),
        ("\"ConfigurationIndex\":0", "\"ConfigurationIndex\":-1"),
        ("\"ConfigurationIndex\":0", "\"ConfigurationIndex\":\"\""),
        ("\"ConfigurationIndex\":0", "\"ConfigurationIndex\":9"),
        ("\"Size\":", "\"size\":"),
        ("\"Size\":", "\"Size\":1,\"Size\":"),
        ("\"Size\":", "\"Size\":-"),
        ("\"Size\":", "\"Size\":0"),
        ("\"Size\":", "\"Size\":1"),
        ("\"Size\":", "\"Other\":"),
        ("\"Size\":", "\"Size\":\"1\",\"Size\":"),
    ] {
        let name = format!("{from} as {to}");
        let name: &'static str = name.leak();
        texts.push((name, plain.replace(from, to)));
    }
    for suffix in [
        "0",
        ".0",
        "e0",
        ",\"size\":0",
        ",\"size\":null",
        ",\"sIZE\":\"\"",
    ] {
        let name: &'static str = format!("{suffix} behind the size").leak();
        let from = format!("\"Size\":{size}");
        texts.push((name, plain.replace(&from, &(from.clone() + suffix))));
    }
    // A server counts on from the index, and stays there.
    for index in [
        "1000000",
        "4611686018427387904",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551613",
        "18446744073709551614",
        "18446744073709551615",
    ] {
        let name: &'static str = format!("the index {index}").leak();
        texts.push((
            name,
            plain.replace("\"Index\":1", &format!("\"Index\":{index}")),
        ));
    }
    texts
        .into_iter()
        .map(|(name, text)| {
            let mut parts = parts.clone();
            parts.meta = text.into_bytes();
            crafted(format!("meta.json: {name}"), parts.file())
        })
        .collect()
}
