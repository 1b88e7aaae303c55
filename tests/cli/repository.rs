//! What holds for the files of this repository: no link in a Markdown file is dead, and none tells
//! of the machine that it was written on. Links that leave the repository are not followed.

use crate::support::root;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// Every file that `.gitignore` does not leave out, with its content, under its path from the root.
fn files() -> BTreeMap<PathBuf, Vec<u8>> {
    let mut walk = ignore::WalkBuilder::new(root());
    // A tree from an archive has no `.git`, and only this tree's `.gitignore` counts.
    walk.hidden(false).require_git(false).parents(false);
    walk.git_global(false).git_exclude(false).ignore(false);
    walk.filter_entry(|entry| entry.file_name() != ".git");
    let files: BTreeMap<PathBuf, Vec<u8>> = walk
        .build()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(|entry| {
            let path = entry.path().strip_prefix(root()).unwrap().to_owned();
            (path, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    for known in [
        "README.md",
        "Cargo.lock",
        "src/lib.rs",
        "tests/cli/repository.rs",
    ] {
        assert!(files.contains_key(Path::new(known)), "{known} is not found");
    }
    files
}

/// A heading or a link of a Markdown text.
enum Mark {
    Heading(String),
    Link(String),
}

/// The headings and links of a Markdown text, in order.
fn marks(markdown: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut heading: Option<String> = None;
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => marks.extend(heading.take().map(Mark::Heading)),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                marks.push(Mark::Link(dest_url.to_string()));
            }
            Event::InlineHtml(html) | Event::Html(html) => {
                assert!(!html.contains("href="), "{html}");
            }
            _ => {}
        }
    }
    marks
}

/// The anchors that GitHub gives to the headings of a Markdown text: in lower case, without
/// punctuation, with hyphens for spaces, and with a number from the second of the same name on.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for mark in marks(markdown) {
        let Mark::Heading(heading) = mark else {
            continue;
        };
        let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
        let heading: String = heading.to_lowercase().chars().filter(kept).collect();
        let anchor = heading.replace(' ', "-");
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let mut names = std::iter::once(anchor.clone()).chain(numbered);
        anchors.extend(names.find(|name| !anchors.contains(name)));
    }
    anchors
}

/// Where a link in a file leads to, from the root; nothing where it leads out of the tree.
fn target(file: &Path, link: &str) -> Option<PathBuf> {
    let mut path = file.to_owned();
    if !link.is_empty() {
        path.pop();
    }
    for part in Path::new(link).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            _ => return None,
        }
    }
    Some(path)
}

/// What is wrong with the links of a tree's Markdown files, and how many links lead into it.
fn dead_links(files: &BTreeMap<PathBuf, Vec<u8>>) -> (Vec<String>, usize) {
    let text = |path: &Path| {
        let content = files
            .get(path)
            .filter(|_| path.extension().is_some_and(|end| end == "md"))?;
        Some(str::from_utf8(content).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    let (mut dead, mut followed) = (Vec::new(), 0);
    for file in files.keys() {
        for mark in marks(text(file).unwrap_or_default()) {
            let Mark::Link(link) = mark else { continue };
            if ["https://", "http://", "mailto:"]
                .iter()
                .any(|start| link.starts_with(start))
            {
                continue;
            }
            followed += 1;
            let (path, anchor) = match link.split_once('#') {
                Some((path, anchor)) => (path, Some(anchor)),
                None => (link.as_str(), None),
            };
            let mut fault = |fault: &str| dead.push(format!("{}: {link}: {fault}", file.display()));
            let Some(target) = target(file, path) else {
                fault("leads out of the repository");
                continue;
            };
            // A folder is there where a file is in it.
            if !files.keys().any(|file| file.starts_with(&target)) {
                fault("there is no such file");
            } else if let Some(anchor) = anchor
                && !text(&target).is_some_and(|text| anchors(text).contains(anchor))
            {
                fault("there is no such heading");
            }
        }
    }
    (dead, followed)
}

#[test]
fn no_link_is_dead() {
    let (dead, followed) = dead_links(&files());
    assert!(dead.is_empty(), "{dead:#?}");
    assert!(followed > 10, "only {followed} links were found");
}

#[test]
fn a_dead_link_is_found() {
    let readme = "# A `b` & c: d_e!\n# Same\n# Same\n\
        [live](docs/x.md) [folder](docs) [here](#same-1) [there](docs/x.md#what-is-it) [marks](#a-b--c-d_e)\n\
        [named][x] ![picture](docs/x.md) [web](https://example.com/none)\n\n[x]: ./docs/../docs/x.md\n\n\
        `[code](nowhere.md)`\n\n```\n[block](nowhere.md)\n```\n\n\
        [dead](x.md) [heading](#none) [other](docs/x.md#none) [file](LICENSE#l1) [out](../peertok) [root](/docs)\n";
    let files: BTreeMap<PathBuf, Vec<u8>> = [
        ("README.md", readme),
        (
            "docs/x.md",
            "## What is it?\n[up](../LICENSE) [dead](README.md)\n",
        ),
        ("LICENSE", ""),
    ]
    .map(|(path, content)| (path.into(), content.into()))
    .into();
    let (dead, followed) = dead_links(&files);
    assert_eq!(
        dead,
        [
            "README.md: x.md: there is no such file",
            "README.md: #none: there is no such heading",
            "README.md: docs/x.md#none: there is no such heading",
            "README.md: LICENSE#l1: there is no such heading",
            "README.md: ../peertok: leads out of the repository",
            "README.md: /docs: leads out of the repository",
            "docs/x.md: README.md: there is no such file",
        ]
    );
    assert_eq!(followed, 15);
}

/// Folders that lie elsewhere on every machine. Those that are the same everywhere, such as Consul's
/// `/etc/consul.d`, are what the documents speak of.
const OF_A_MACHINE: [&str; 12] = [
    "build",
    "builds",
    "home",
    "media",
    "mnt",
    "root",
    "tmp",
    "Users",
    "work",
    "workdir",
    "workspace",
    "workspaces",
];

/// The first path in a text that tells of a machine.
fn path_of_a_machine(text: &str) -> Option<&str> {
    let starts = text.match_indices('/').map(|(at, _)| at);
    let path = starts.filter(|&at| {
        let follows = |end: char| end.is_ascii_alphanumeric() || "_-.})]*".contains(end);
        !text[..at].ends_with(follows)
    });
    let mut path = path.filter_map(|at| {
        let name = text[at + 1..].split_once('/')?.0;
        OF_A_MACHINE
            .contains(&name)
            .then(|| text[at..].split_whitespace().next())
    });
    path.next().flatten()
}

#[test]
fn nothing_tells_of_a_machine() {
    let here = root().to_str().unwrap();
    let mut told = Vec::new();
    for (path, content) in files() {
        let content = String::from_utf8_lossy(&content);
        for (line, text) in content.lines().enumerate() {
            let found = path_of_a_machine(text).or_else(|| text.contains(here).then_some(here));
            if let Some(found) = found {
                told.push(format!("{}:{}: {found}", path.display(), line + 1));
            }
        }
    }
    assert!(told.is_empty(), "{told:#?}");
}

#[test]
fn a_path_of_a_machine_is_found() {
    let found = |name: &str| {
        let path = format!("/{name}/x");
        [
            format!("\"{path}"),
            format!("a={path}"),
            format!("file://{path}"),
            path,
        ]
        .iter()
        .all(|text| path_of_a_machine(text).is_some())
    };
    assert!(OF_A_MACHINE.iter().all(|name| found(name)));
    for text in [
        "target/tmp/page",
        "$dir/home/x",
        "${dir}/work/x",
        "a/../root/x",
        "/etc/consul.d/x.json",
        "/v1/connect/ca/roots",
        "/root",
        "and/or",
        "/",
    ] {
        assert_eq!(path_of_a_machine(text), None, "{text}");
    }
}

/// What `rust-version` promises is what everything is built and tested with.
#[test]
fn the_oldest_rust_is_the_pinned_one() {
    let read = |file: &str| -> toml::Table {
        std::fs::read_to_string(root().join(file))
            .unwrap()
            .parse()
            .unwrap()
    };
    let (promised, pinned) = (read("Cargo.toml"), read("rust-toolchain.toml"));
    let promised = promised["workspace"]["package"]["rust-version"]
        .as_str()
        .unwrap();
    let pinned = pinned["toolchain"]["channel"].as_str().unwrap();
    assert_eq!(pinned.strip_suffix(".0"), Some(promised));
}

/// The page on security names the tests that hold its sentences.
#[test]
fn the_tests_that_the_page_on_security_names_are_there() {
    let files = files();
    let page = str::from_utf8(&files[Path::new("SECURITY.md")]).unwrap();
    let named = page
        .split('`')
        .filter_map(|quoted| quoted.split_once(".rs::"));
    let mut count = 0;
    for (file, test) in named {
        let path = PathBuf::from(format!("{file}.rs"));
        let content = files
            .get(&path)
            .unwrap_or_else(|| panic!("{path:?} is not there"));
        let content = str::from_utf8(content).unwrap();
        assert!(
            content.contains(&format!("fn {test}(")),
            "{path:?} has no {test}"
        );
        count += 1;
    }
    assert!(count > 20, "{count} tests are named");
}

/// Whatever is read to its end goes through one reader with a limit.
#[test]
fn whole_files_are_read_in_one_place() {
    for (path, content) in files() {
        let is_code = path.starts_with("src") || path.starts_with("crates");
        let is_reader = path == Path::new("src/whole_file.rs");
        if !is_code || is_reader || path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let text = String::from_utf8(content).unwrap();
        // Tests stand at the end of a module; examples in comments read fixtures.
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let is_test = path.components().any(|part| part.as_os_str() == "tests")
            || path.ends_with("tests.rs")
            || path.ends_with("sample.rs");
        if is_test {
            continue;
        }
        for line in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            let reads = [
                "fs::read(",
                "fs::read_to_string(",
                ".read_to_end(",
                ".read_to_string(",
            ];
            let is_whole = reads.iter().any(|read| line.contains(read));
            // Of the end of an archive, which is a stream.
            let is_stream = path.ends_with("consul-snapshot/src/archive.rs");
            assert!(
                !is_whole || is_stream,
                "{path:?} reads a whole file: {line}"
            );
        }
    }
}
