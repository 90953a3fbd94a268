//! A real browser, Debian's Chromium without a window, spoken with over two pipes.
#![allow(dead_code, reason = "not every test uses every part")]

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Longer than any page takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// The longest life of one browser: what hangs is ended, and the test fails.
const LIFE: Duration = Duration::from_secs(400);

const OPTIONS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    "--force-prefers-reduced-motion",
];

/// One browser with one page.
pub struct Browser {
    child: Arc<Mutex<Child>>,
    to: File,
    from: BufReader<File>,
    number: u64,
    page: String,
    width: u32,
    events: Vec<String>,
    _dir: TempDir,
}

impl Browser {
    /// Starts a browser.
    pub fn start() -> Browser {
        let dir = TempDir::new().expect("a directory");
        let (into, out) = (dir.path().join("in"), dir.path().join("out"));
        let made = Command::new("mkfifo").args([&into, &out]).status();
        assert!(made.expect("mkfifo").success());
        // The browser reads what it is told from its third descriptor and answers on its fourth.
        let child = Command::new("sh")
            .arg("-c")
            .arg("in=$1 out=$2; shift 2; exec chromium \"$@\" 3<\"$in\" 4>\"$out\"")
            .arg("sh")
            .args([&into, &out])
            .args(OPTIONS)
            .arg(format!(
                "--user-data-dir={}",
                dir.path().join("profile").display()
            ))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the package chromium");
        let child = Arc::new(Mutex::new(child));
        let watched = Arc::clone(&child);
        std::thread::spawn(move || {
            let begun = Instant::now();
            while begun.elapsed() < LIFE {
                std::thread::sleep(Duration::from_secs(1));
                let mut child = watched.lock().expect("the child");
                if child.try_wait().is_ok_and(|ended| ended.is_some()) {
                    return;
                }
            }
            let _ = watched.lock().expect("the child").kill();
        });
        let to = OpenOptions::new().write(true).open(&into).expect("a pipe");
        let from = BufReader::new(File::open(&out).expect("a pipe"));
        let mut browser = Browser {
            child,
            to,
            from,
            number: 0,
            page: String::new(),
            width: 0,
            events: Vec::new(),
            _dir: dir,
        };
        let target = browser.tell("Target.createTarget", json!({"url": "about:blank"}));
        let target = &target["targetId"];
        let attached = browser.tell(
            "Target.attachToTarget",
            json!({"targetId": target, "flatten": true}),
        );
        browser.page = attached["sessionId"]
            .as_str()
            .expect("a session")
            .to_owned();
        browser.tell("Page.enable", json!({}));
        browser.tell("Runtime.enable", json!({}));
        browser
    }

    /// Tells the browser something and waits for its answer.
    pub fn tell(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let mut said = json!({"id": self.number, "method": method, "params": params});
        if !self.page.is_empty() {
            said["sessionId"] = json!(self.page);
        }
        self.to
            .write_all(said.to_string().as_bytes())
            .expect("told");
        self.to.write_all(&[0]).expect("told");
        loop {
            let heard = self.hear();
            if heard["id"] == json!(self.number) {
                assert!(heard["error"].is_null(), "{method}: {heard}");
                return heard["result"].clone();
            }
        }
    }

    fn hear(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).expect("heard");
        assert!(bytes.pop().is_some(), "the browser has ended");
        let heard: Value = serde_json::from_slice(&bytes).expect("json");
        if let Some(event) = heard["method"].as_str() {
            self.events.push(event.to_owned());
        }
        heard
    }

    /// Waits until the page has loaded since the last look at events.
    fn loaded(&mut self) {
        let begun = Instant::now();
        while !self
            .events
            .iter()
            .any(|event| event == "Page.loadEventFired")
        {
            assert!(begun.elapsed() < PATIENCE, "the page does not load");
            self.hear();
        }
    }

    /// Opens a page.
    pub fn open(&mut self, url: &str) {
        self.events.clear();
        self.tell("Page.navigate", json!({"url": url}));
        self.loaded();
    }

    /// What a line of script comes to on the page.
    pub fn value(&mut self, script: &str) -> Value {
        let answer = self.tell(
            "Runtime.evaluate",
            json!({"expression": script, "returnByValue": true}),
        );
        assert!(answer["exceptionDetails"].is_null(), "{script}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Clicks what a selector finds first, and waits for the page that follows.
    pub fn follow(&mut self, selector: &str) {
        self.events.clear();
        let clicked = self.value(&format!(
            "(() => {{ const one = document.querySelector({selector:?}); \
             if (one) one.click(); return Boolean(one); }})()"
        ));
        assert_eq!(clicked, json!(true), "{selector} on {}", self.text());
        self.loaded();
    }

    /// Fills a field.
    pub fn fill(&mut self, selector: &str, value: &str) {
        let filled = self.value(&format!(
            "(() => {{ const one = document.querySelector({selector:?}); \
             if (one) one.value = {value:?}; return Boolean(one); }})()"
        ));
        assert_eq!(filled, json!(true), "{selector}");
    }

    /// The text that the page shows.
    pub fn text(&mut self) -> String {
        let text = self.value("document.body.innerText");
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Whether the page shows something that a selector finds.
    pub fn has(&mut self, selector: &str) -> bool {
        self.value(&format!("Boolean(document.querySelector({selector:?}))")) == json!(true)
    }

    /// The markup, asked for without any script.
    pub fn markup(&mut self) -> String {
        let root = self.tell("DOM.getDocument", json!({}));
        let node = &root["root"]["nodeId"];
        let html = self.tell("DOM.getOuterHTML", json!({"nodeId": node}));
        html["outerHTML"].as_str().expect("markup").to_owned()
    }

    /// Makes the window so large.
    pub fn size(&mut self, width: u32, height: u32) {
        self.width = width;
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}),
        );
    }

    /// Prefers dark pages, or light ones.
    pub fn dark(&mut self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        self.tell(
            "Emulation.setEmulatedMedia",
            json!({"features": [{"name": "prefers-color-scheme", "value": value}]}),
        );
    }

    /// Runs no scripts of pages from now on.
    pub fn without_script(&mut self) {
        self.tell(
            "Emulation.setScriptExecutionDisabled",
            json!({"value": true}),
        );
    }

    /// What a promise on the page comes to.
    pub fn awaited(&mut self, script: &str) -> Value {
        let asked = json!({"expression": script, "awaitPromise": true, "returnByValue": true});
        let answer = self.tell("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{script}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Lets scripts of ours run beside a page that admits none.
    pub fn bypass_policy(&mut self) {
        self.tell("Page.setBypassCSP", json!({"enabled": true}));
    }

    /// How far the page is wider than the window, in pixels.
    pub fn overhang(&mut self) -> i64 {
        // A telephone draws a page that is too wide smaller, so that its own width says nothing.
        let wide = self.value("document.documentElement.scrollWidth");
        wide.as_i64().expect("a width") - i64::from(self.width)
    }

    /// The page as it is printed: a PDF, what in it is no text left out.
    pub fn printed(&mut self) -> String {
        let printed = self.tell("Page.printToPDF", json!({"preferCSSPageSize": true}));
        let data = printed["data"].as_str().expect("a print");
        let bytes = base64::engine::general_purpose::STANDARD.decode(data);
        String::from_utf8_lossy(&bytes.expect("base64")).into_owned()
    }

    /// Keeps a picture of the window.
    pub fn picture(&mut self, path: &Path) {
        let shot = self.tell("Page.captureScreenshot", json!({"format": "png"}));
        let data = shot["data"].as_str().expect("a picture");
        let bytes = base64::engine::general_purpose::STANDARD.decode(data);
        std::fs::write(path, bytes.expect("base64")).expect("written");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Ok(mut child) = self.child.lock() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
