//! The page of a kit in a real browser: under its own Content-Security-Policy, on a phone, on
//! paper, by keyboard, and as a screen reader gets it.
//!
//! It needs Chromium, as `chromium` or what `CHROMIUM` names. It leaves pictures of what it saw in
//! Cargo's folder for temporary files, `target/tmp/page`, to be looked at.

use crate::support::root;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// A browser, driven over the pipe of its DevTools protocol: JSON texts that end in a zero byte.
struct Browser {
    process: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    events: VecDeque<Value>,
    last_id: u64,
    session: Option<String>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts a browser with one empty page.
    fn start() -> Self {
        let browser = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
        let profile = tempfile::tempdir().unwrap();
        // The browser reads from 3 and writes to 4. Its sandbox does not work for root, and what it
        // opens here is of this repository.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh"])
            .arg(&browser)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
            .args(["--disable-dev-shm-usage", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = process.stdin.take().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let (sender, from) = channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while lines.read_until(0, &mut message).is_ok_and(|read| read > 1) {
                message.pop();
                if sender
                    .send(serde_json::from_slice(&message).unwrap())
                    .is_err()
                {
                    break;
                }
                message.clear();
            }
        });
        let mut browser = Self {
            process,
            to,
            from,
            events: VecDeque::new(),
            last_id: 0,
            session: None,
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network", "Accessibility"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    fn next(&mut self) -> Value {
        let wait = Duration::from_secs(60);
        self.from
            .recv_timeout(wait)
            .expect("no answer from the browser; is Chromium installed?")
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut message = message.to_string().into_bytes();
        message.push(0);
        self.to.write_all(&message).unwrap();
        loop {
            let answer = self.next();
            if answer["id"] == self.last_id {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push_back(answer);
        }
    }

    /// Opens a page, and gives all that it asked for and all that the console says of it.
    fn open(&mut self, file: &Path) -> (Vec<String>, Vec<String>) {
        self.events.clear();
        let url = format!("file://{}", file.display());
        self.call("Page.navigate", json!({ "url": url }));
        let is_loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(is_loaded) {
            let event = self.next();
            self.events.push_back(event);
        }
        // Whatever is asked for after the page is loaded.
        thread::sleep(Duration::from_millis(300));
        self.call("Runtime.evaluate", json!({"expression": "0"}));
        let (mut asked, mut said) = (Vec::new(), Vec::new());
        for event in &self.events {
            let params = &event["params"];
            match event["method"].as_str() {
                Some("Network.requestWillBeSent") => asked.push(params["request"]["url"].clone()),
                Some("Log.entryAdded") => said.push(params["entry"]["text"].clone()),
                Some("Runtime.consoleAPICalled" | "Runtime.exceptionThrown") => {
                    said.push(params.clone());
                }
                _ => {}
            }
        }
        let texts = |values: Vec<Value>| {
            let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
            values.iter().map(text).collect()
        };
        (texts(asked), texts(said))
    }

    fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true});
        let answer = self.call("Runtime.evaluate", params);
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"]["value"].clone()
    }

    fn show_on(&mut self, width: u32, media: &str, scheme: &str) {
        let size =
            json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let media = json!({"media": media, "features": scheme});
        self.call("Emulation.setEmulatedMedia", media);
    }

    fn press(&mut self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let key = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            self.call("Input.dispatchKeyEvent", key);
        }
    }

    /// What the accessibility tree holds, in the order in which it is read: roles and names.
    fn read_aloud(&mut self) -> Vec<(String, String)> {
        let tree = self.call("Accessibility.getFullAXTree", json!({}));
        let nodes = tree["nodes"].as_array().unwrap();
        let by_id: HashMap<_, _> = nodes.iter().map(|node| (&node["nodeId"], node)).collect();
        let (mut read, mut next) = (Vec::new(), vec![&nodes[0]["nodeId"]]);
        while let Some(id) = next.pop() {
            // Boxes of lines are no nodes here.
            let Some(node) = by_id.get(id) else { continue };
            next.extend(node["childIds"].as_array().into_iter().flatten().rev());
            let text = |of: &str| node[of]["value"].as_str().unwrap_or_default().to_owned();
            if node["ignored"] != true {
                read.push((text("role"), text("name")));
            }
        }
        read
    }

    fn keep_picture(&mut self, name: &str) {
        let picture = self.call(
            "Page.captureScreenshot",
            json!({"captureBeyondViewport": true}),
        );
        keep(&format!("{name}.png"), &picture["data"]);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn keep(name: &str, data: &Value) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    fs::create_dir_all(&folder).unwrap();
    let bytes = BASE64_STANDARD.decode(data.as_str().unwrap()).unwrap();
    fs::write(folder.join(name), &bytes).unwrap();
    bytes
}

fn samples() -> [(&'static str, PathBuf); 2] {
    let folder = root().join("fixtures/mesh");
    ["sample", "sample-matrix"].map(|name| (name, folder.join(format!("{name}.html"))))
}

#[test]
#[ignore = "needs Chromium"]
fn it_asks_for_nothing_and_the_console_is_silent() {
    let mut browser = Browser::start();
    for (_, file) in samples() {
        let (asked, said) = browser.open(&file);
        // The empty icon is asked for only where there is a window to show it in.
        let asked: Vec<_> = asked.iter().filter(|url| *url != "data:,").collect();
        assert_eq!(asked, [&format!("file://{}", file.display())]);
        assert_eq!(said, Vec::<String>::new());
        // The style sheet is applied, so its sum in the policy is right.
        let position =
            browser.evaluate("getComputedStyle(document.querySelector('.skip')).position");
        assert_eq!(position, "absolute");
    }
}

/// That the test above can fail: the policy stops what is added to the page, and that is seen.
#[test]
#[ignore = "needs Chromium"]
fn what_is_put_into_it_is_stopped() {
    let mut browser = Browser::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("changed.html");
    let page = fs::read_to_string(&samples()[0].1).unwrap();
    for (what, added) in [
        ("script", "<script>document.title = 'changed'</script>"),
        ("image", "<img src=\"http://127.0.0.1:9/a.png\" alt=\"\">"),
        ("style", "<style>body { color: red }</style>"),
        ("frame", "<iframe src=\"http://127.0.0.1:9/\"></iframe>"),
    ] {
        fs::write(&file, page.replace("<footer>", &format!("{added}<footer>"))).unwrap();
        let (_, said) = browser.open(&file);
        let violation = "Content Security Policy directive";
        assert!(
            said.iter().any(|text| text.contains(violation)),
            "{what}: {said:?}"
        );
        assert_ne!(browser.evaluate("document.title"), "changed");
    }
}

#[test]
#[ignore = "needs Chromium"]
fn it_fits_a_desk_and_a_phone_by_day_and_by_night() {
    let mut browser = Browser::start();
    for (name, file) in samples() {
        let mut grounds = Vec::new();
        for (width, scheme) in [
            (1200, "light"),
            (1200, "dark"),
            (390, "light"),
            (390, "dark"),
            (320, "light"),
        ] {
            browser.show_on(width, "screen", scheme);
            browser.open(&file);
            let wider =
                "document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(browser.evaluate(wider), 0, "{name} at {width}");
            grounds.push(browser.evaluate("getComputedStyle(document.body).backgroundColor"));
            browser.keep_picture(&format!("{name}-{width}-{scheme}"));
        }
        assert_ne!(grounds[0], grounds[1]);
        assert_eq!(grounds[0], grounds[2]);
    }
}

#[test]
#[ignore = "needs Chromium"]
fn it_fits_on_paper() {
    let mut browser = Browser::start();
    for (name, file) in samples() {
        browser.open(&file);
        // A4 less its margins, in CSS pixels.
        browser.show_on(688, "print", "dark");
        let cut = "[...document.querySelectorAll('table, svg')].filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.className)";
        assert_eq!(browser.evaluate(cut), json!([]), "{name}");
        let ground = browser.evaluate("getComputedStyle(document.body).backgroundColor");
        assert_eq!(ground, "rgb(255, 255, 255)");
        browser.show_on(688, "", "light");
        let paper = browser.call("Page.printToPDF", json!({"preferCSSPageSize": true}));
        assert!(keep(&format!("{name}.pdf"), &paper["data"]).starts_with(b"%PDF-"));
    }
}

#[test]
#[ignore = "needs Chromium"]
fn a_screen_reader_is_told_what_is_there() {
    let mut browser = Browser::start();
    for (_, file) in samples() {
        browser.open(&file);
        let read = browser.read_aloud();
        let named = |role: &str| -> Vec<&str> {
            let of_role = read.iter().filter(|(its, _)| its == role);
            of_role.map(|(_, name)| &**name).collect()
        };
        let headings = named("heading");
        // The sign before a finding is not read.
        let first = [
            "mesh.toml",
            "Summary",
            "Graph",
            "Findings",
            "Error ca-expired PT102",
        ];
        assert_eq!(headings[..5], first);
        assert_eq!(headings[headings.len() - 3..], ["Pairs", "Sites", "Roots"]);
        assert_eq!(named("table"), ["Pairs", "Sites", "Roots"]);
        assert_eq!(named("region"), ["Graph", "Pairs", "Sites", "Roots"]);
        assert_eq!(named("image"), ["Who dials whom"]);
        assert_eq!(named("main").len(), 1);
        assert_eq!(
            named("columnheader")[..3],
            ["Acceptor", "Dialer", "Findings"]
        );
        // The arrow before a dialer is not read.
        assert!(named("rowheader").contains(&"harbour"));
        assert!(
            !read
                .iter()
                .any(|(_, name)| name.contains(['✕', '▲', '○', '✓', '←']))
        );
    }
}

#[test]
#[ignore = "needs Chromium"]
fn a_keyboard_reaches_and_scrolls_the_tables() {
    let mut browser = Browser::start();
    browser.show_on(390, "screen", "light");
    browser.open(&samples()[0].1);
    let focused = "document.activeElement.getAttribute('aria-labelledby') || document.activeElement.textContent";
    browser.press("Tab", 9);
    assert_eq!(browser.evaluate(focused), "Skip to the content");
    let mut seen = Vec::new();
    for _ in 0..60 {
        browser.press("Tab", 9);
        let now = browser.evaluate(focused);
        if now == "pairs" {
            browser.press("ArrowRight", 39);
            thread::sleep(Duration::from_millis(500));
            let moved = browser.evaluate("document.activeElement.scrollLeft");
            assert!(moved.as_f64() > Some(0.0), "{moved}");
            let outline = browser.evaluate("getComputedStyle(document.activeElement).outlineStyle");
            assert_eq!(outline, "solid");
        }
        seen.push(now);
    }
    for region in ["graph", "pairs", "sites", "roots"] {
        assert!(seen.contains(&json!(region)), "{region}: {seen:?}");
    }
}
