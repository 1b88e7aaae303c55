use super::parsed::Html;
use super::*;
use crate::finding::Finding;
use crate::roots::RootDetails;
use jiff::Timestamp;
use peertok_testing as testing;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn root(name: &str, end: &str) -> RootDetails {
    let sum = digest::digest(&digest::SHA256, name.as_bytes());
    RootDetails {
        subject: format!("CN=pri-{name}.consul.ca.6e2f8a11.consul"),
        issuer: String::new(),
        trust_domain: None,
        not_before: Some(moment("2026-01-12T08:30:00Z")),
        not_after: Some(moment(end)),
        key: "EC P-256".to_owned(),
        sha256: base16ct::lower::encode_string(sum.as_ref()),
        is_ca: true,
    }
}

fn site(name: &str, number: usize) -> SiteReport {
    SiteReport {
        name: name.to_owned(),
        datacenter: format!("dc{number}"),
        server_name: format!(
            "server.dc{number}.peering.6e2f8a11-4c1d-4f0e-9d67-{number:012}.consul"
        ),
        addresses: (1..=3)
            .map(|server| format!("203.0.{number}.{server}:8503"))
            .collect(),
        roots: vec![root(name, "2036-01-10T08:30:00Z")],
        base: None,
        is_new: true,
    }
}

fn finding(rule: &str, message: &str) -> Finding {
    let rule = crate::finding::rule(rule).unwrap();
    Finding {
        code: rule.code,
        name: rule.name,
        level: rule.level,
        path: rule.path.replace('*', "0"),
        message: message.to_owned(),
        fix: rule.fix,
    }
}

/// Sites with names of different lengths, each pair of them dialed by the earlier.
fn mesh(number: usize) -> Report {
    let places = [
        "harbour",
        "north-plant",
        "mine",
        "depot",
        "head-office",
        "airfield",
    ];
    let names = (0..number).map(|index| match index / places.len() {
        0 => places[index].to_owned(),
        round => format!("{}-{}", places[index % places.len()], round + 1),
    });
    let sites: Vec<_> = names.zip(1..).map(|(name, at)| site(&name, at)).collect();
    let pairs = (0..number).flat_map(|dialer| (dialer + 1..number).map(move |to| (dialer, to)));
    let pairs = pairs.map(|(dialer, acceptor)| PairReport {
        dialer,
        acceptor,
        name_at_dialer: sites[acceptor].name.clone(),
        name_at_acceptor: sites[dialer].name.clone(),
        addresses: sites[acceptor].addresses.clone(),
        findings: Vec::new(),
    });
    Report {
        title: "mesh.toml".to_owned(),
        made_at: moment("2026-11-20T14:05:09Z"),
        mode: Mode::Token,
        pairs: pairs.collect(),
        sites,
    }
}

/// A mesh with something of every kind in it.
fn sample(number: usize) -> Report {
    let mut report = mesh(number);
    report.sites[0].base = Some(BaseReport {
        name: "harbour-2026-11-20.snap".to_owned(),
        saved_at: Some(moment("2026-11-20T13:40:00Z")),
    });
    let (acceptor, addresses) = (number - 1, vec!["10.8.0.11:8503".to_owned()]);
    report.sites[acceptor].addresses = addresses.clone();
    report.sites[number / 2].roots = vec![root("old", "2026-12-24T08:30:00Z")];
    for pair in &mut report.pairs {
        if pair.acceptor == acceptor {
            pair.addresses = addresses.clone();
            let message = "10.8.0.11:8503 is a private address";
            pair.findings.push(finding("address-private", message));
        }
        if pair.acceptor == number / 2 {
            let message = "the root expires on 2026-12-24, in 33 days";
            pair.findings.push(finding("ca-expiring", message));
        }
    }
    if number > 2 {
        report.sites[1].roots[0].not_after = Some(moment("2026-10-01T00:00:00Z"));
        for pair in report.pairs.iter_mut().filter(|pair| pair.acceptor == 1) {
            pair.findings
                .push(finding("ca-expired", "the root expired on 2026-10-01"));
        }
    }
    report
}

/// What is written here is what the tests in a browser open.
#[test]
fn samples_are_as_committed() {
    let assert = snapbox::Assert::new()
        .action_env("SNAPSHOTS")
        .normalize_paths(false);
    // A hub and its sites, so that the matrix is not as large as a whole mesh.
    let mut hub = sample(26);
    hub.mode = Mode::Active;
    hub.pairs
        .retain(|pair| pair.dialer == 0 || pair.acceptor == 13);
    hub.sites[7].roots.clear();
    for (name, report) in [("sample", sample(5)), ("sample-matrix", hub)] {
        let file = format!("{}/fixtures/mesh/{name}.html", env!("CARGO_MANIFEST_DIR"));
        let expected = snapbox::Data::read_from(file.as_ref(), None).raw();
        assert.eq(snapbox::Data::text(page(&report)).raw(), expected);
    }
}

#[test]
fn every_page_is_valid_and_whole_in_itself() {
    for number in [0, 1, 2, 3, 5, 24, 25, 40] {
        let report = if number < 2 {
            mesh(number)
        } else {
            sample(number)
        };
        let text = page(&report);
        let page = Html::parse(&text);
        assert_eq!(page.errors, Vec::<&str>::new(), "{number}");
        assert_eq!(
            page.texts("head title"),
            ["mesh.toml: a mesh of Consul sites"]
        );
        assert_eq!(page.texts("h1"), ["mesh.toml"]);
        let parts = ["Summary", "Graph", "Findings", "Pairs", "Sites", "Roots"];
        assert_eq!(page.texts("h2"), parts);

        let ids = page.elements.iter().filter_map(|e| e.attribute("id"));
        let unique: BTreeSet<_> = ids.clone().collect();
        assert_eq!(unique.len(), ids.count());
        for element in &page.elements {
            for (name, value) in &element.attributes {
                assert!(!name.starts_with("on"));
                let known = |id: &str| assert!(unique.contains(id), "{name}={value}");
                match &**name {
                    "style" | "src" | "srcset" => panic!("{name}={value}"),
                    "href" if element.name == "link" => assert_eq!(value, "data:,"),
                    "href" => known(value.strip_prefix('#').unwrap()),
                    "aria-labelledby" | "aria-describedby" => known(value),
                    _ => {}
                }
            }
        }
        for forbidden in [
            "script", "iframe", "object", "embed", "img", "base", "form", "use",
        ] {
            assert!(page.select(forbidden).is_empty(), "{forbidden}");
        }

        let style = page.texts("style").concat();
        let sum = BASE64_STANDARD.encode(digest::digest(&digest::SHA256, style.as_bytes()));
        let policy = page.select("meta")[1];
        let policy = policy.attribute("content").unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(
            policy.contains(&format!("style-src 'sha256-{sum}';")),
            "{policy}"
        );
        assert!(!style.contains("url(") && !style.contains("@import"));
    }
}

#[test]
fn every_pair_site_and_root_is_told() {
    let report = sample(30);
    let page = Html::parse(&page(&report));
    assert_eq!(page.texts(".sites tbody th").len(), 30);
    assert_eq!(page.texts(".roots tbody th").len(), 30);
    assert_eq!(page.texts(".pairs tbody tr").len(), 30 * 29 / 2);
    for (number, pair) in (1..).zip(&report.pairs) {
        let row = format!("#pair-{number}");
        let places = page
            .elements
            .iter()
            .filter(|e| matches!(&*e.name, "th" | "td"));
        let cells: Vec<_> = places
            .filter(|e| page.is_within(e, &row))
            .map(|e| &*e.text)
            .collect();
        let (dialer, acceptor) = (&report.sites[pair.dialer], &report.sites[pair.acceptor]);
        // The acceptor's cells are in its first row of each twenty.
        let first = cells.len() == 7;
        let at = usize::from(first);
        let found: Vec<_> = pair
            .findings
            .iter()
            .map(|f| format!("{} {}", f.level, f.name))
            .collect();
        let found = if found.is_empty() {
            "none".to_owned()
        } else {
            found.concat()
        };
        assert_eq!(
            cells[at..at + 4],
            [
                dialer.name.clone(),
                found,
                dialer.name.clone(),
                acceptor.name.clone()
            ]
        );
        if first {
            assert_eq!(cells[0], acceptor.name);
            assert_eq!(cells[5], pair.addresses.concat());
        } else {
            assert_eq!(cells.len(), 4);
        }
    }
    // What openssl prints for these bytes.
    let report = Report {
        sites: vec![site("a", 1)],
        ..mesh(0)
    };
    let page = Html::parse(&super::page(&report));
    let sum = "CA:97:81:12:CA:1B:BD:CA:FA:C2:31:B3:9A:23:DC:4D:A7:86:EF:F8:14:7C:4E:72:B9:80:77:85:AF:EE:48:BB";
    assert_eq!(page.texts(".fingerprint"), [sum]);
}

#[test]
fn a_root_is_judged_as_of_the_page() {
    let state = |change: &dyn Fn(&mut RootDetails)| {
        let mut report = mesh(2);
        change(&mut report.sites[1].roots[0]);
        let page = Html::parse(&page(&report));
        let last = |selector: &str| page.texts(selector).last().unwrap().to_string();
        (last(".roots td"), last(".pairs td"))
    };
    let told = |state: &str, pair: &str| (state.to_owned(), pair.to_owned());
    assert_eq!(
        state(&|_| {}),
        told("expires in 9 years", "until 2036-01-10, in 9 years")
    );
    let expired = |root: &mut RootDetails| root.not_after = Some(moment("2026-11-19T00:00:00Z"));
    assert_eq!(
        state(&expired),
        told("expired 1 day ago", "expired 1 day ago")
    );
    let early = |root: &mut RootDetails| root.not_before = Some(moment("2026-11-20T16:05:09Z"));
    let early_told = "not valid yet, begins in 2 hours";
    assert_eq!(state(&early), told(early_told, early_told));
    assert_eq!(
        state(&|root| root.is_ca = false),
        told("not a CA", "not a CA")
    );
}

#[test]
fn a_long_name_is_cut_in_the_picture_alone() {
    let mut report = mesh(3);
    report.sites[1].name = "plant".repeat(40);
    let page = Html::parse(&page(&report));
    let in_picture = format!("{}…", &"plant".repeat(5)[..23]);
    assert_eq!(page.texts("svg .name"), ["harbour", &in_picture, "mine"]);
    assert_eq!(page.texts("#site-2 th"), ["plant".repeat(40)]);
}

/// Where two sites dial each other there are two arrows, side by side.
#[test]
fn each_direction_has_an_arrow_of_its_own() {
    let mut report = mesh(2);
    let there = report.pairs[0].clone();
    report.pairs.push(PairReport {
        dialer: there.acceptor,
        acceptor: there.dialer,
        ..there
    });
    let page = Html::parse(&page(&report));
    let lines = page.select(".scroll .line");
    let lines: Vec<_> = lines
        .iter()
        .filter_map(|line| line.attribute("d"))
        .collect();
    let titles = [
        "harbour dials north-plant: no finding",
        "north-plant dials harbour: no finding",
    ];
    assert_eq!(page.texts("g title"), titles);
    let height = |line: &str| line.split([' ', 'L']).nth(1).unwrap().to_owned();
    assert_ne!(height(lines[0]), height(lines[1]));
}

#[test]
fn a_pair_of_no_site_is_no_panic() {
    let mut report = sample(3);
    report.pairs[0].dialer = 7;
    report.pairs[1].acceptor = usize::MAX;
    let _ = page(&report);
    report.sites.extend(mesh(30).sites);
    report.pairs[0].dialer = 70;
    let _ = page(&report);
}

#[test]
fn a_hundred_sites_make_a_page_that_opens() {
    let mut report = sample(100);
    for pair in &mut report.pairs {
        for rule in ["ca-expiring", "ca-weak-key"] {
            let acceptor = pair.acceptor;
            pair.findings
                .push(finding(rule, &format!("found at acceptor {acceptor}")));
        }
    }
    let begin = Instant::now();
    let text = page(&report);
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert!(text.len() < 3_000_000, "{}", text.len());
}

/// The same report with a text put in front of each of its texts.
fn with_before(mut report: Report, before: &str) -> Report {
    let put = |text: &mut String| text.insert_str(0, before);
    put(&mut report.title);
    for site in &mut report.sites {
        put(&mut site.name);
        put(&mut site.datacenter);
        put(&mut site.server_name);
        site.addresses.iter_mut().for_each(put);
        for root in &mut site.roots {
            put(&mut root.subject);
            put(&mut root.key);
        }
        if let Some(base) = &mut site.base {
            put(&mut base.name);
        }
    }
    for pair in &mut report.pairs {
        put(&mut pair.name_at_dialer);
        put(&mut pair.name_at_acceptor);
        pair.addresses.iter_mut().for_each(put);
        for finding in &mut pair.findings {
            put(&mut finding.path);
            put(&mut finding.message);
        }
    }
    report
}

/// All elements in their order, with the attributes that are no measures of the drawing.
fn structure(page: &Html) -> Vec<(&str, Vec<(&str, &str)>)> {
    let fixed = ["id", "href", "role", "content", "scope"];
    let elements = page.elements.iter().map(|element| {
        let attributes = element.attributes.iter().map(|(name, value)| {
            let is_fixed = fixed.contains(&&**name);
            (&**name, if is_fixed { &**value } else { "" })
        });
        (&*element.name, attributes.collect())
    });
    elements.collect()
}

proptest! {
    #![proptest_config(testing::config(6))]

    /// No text adds or ends an element or an attribute, and each is there as it is shown elsewhere.
    #[test]
    fn no_text_becomes_markup(
        before in prop_oneof![
            "[<>\"'&a-z =/!-]{1,20}",
            "(</td>|<script>|<!--|\\]\\]>|&lt;|\" onload=\"|</style>|</title>|\u{202e}|\u{0}|\r\n|\u{2066}){1,6}",
            "\\PC{1,20}",
            proptest::collection::vec(any::<char>(), 1..20).prop_map(String::from_iter),
        ],
        number in prop_oneof![Just(3_usize), Just(26)],
    ) {
        let plain = Html::parse(&page(&sample(number)));
        let report = with_before(sample(number), &before);
        let text = page(&report);
        let page = Html::parse(&text);
        prop_assert_eq!(&page.errors, &Vec::<&str>::new());
        prop_assert_eq!(structure(&page), structure(&plain));
        let names: Vec<_> = report.sites.iter().map(|site| shown(&site.name)).collect();
        prop_assert_eq!(page.texts(".sites tbody th"), names);
        prop_assert_eq!(page.texts("h1"), [shown(&report.title)]);
        prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
        let unseen = ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}'];
        prop_assert!(!text.contains(unseen));
    }
}

/// The contrast of two colours as WCAG 2 defines it.
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let digits = colour.strip_prefix('#').unwrap();
        let size = digits.len() / 3;
        let part = |at: usize| {
            let digits = digits[at * size..][..size].repeat(2 / size);
            let part = f64::from(u8::from_str_radix(&digits, 16).unwrap()) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2) + 0.05
    };
    let (one, other) = (luminance(one), luminance(other));
    (one / other).max(other / one)
}

#[test]
fn every_text_can_be_read_on_its_ground() {
    assert!((contrast("#fff", "#000000") - 21.0).abs() < 0.01);
    for scheme in STYLE.split(":root {").skip(1).take(2) {
        let colour = |name: &str| {
            let (_, rest) = scheme.split_once(&format!("--{name}: ")).unwrap();
            rest.split_once(';').unwrap().0
        };
        for ground in ["page", "raised"].map(colour) {
            for name in ["text", "muted", "link", "fine", "note", "warning", "error"] {
                assert!(contrast(colour(name), ground) >= 4.5, "{name}");
            }
            assert!(contrast(colour("edge"), ground) >= 3.0);
        }
    }
}
