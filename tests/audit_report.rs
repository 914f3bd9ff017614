//! `gov-hook audit report`: the totals of a real ledger, and its page in a real browser.
//!
//! The browser is any Chromium: the one that `GOV_HOOK_BROWSER` names, else the first in `PATH`. Where
//! there is none, the page is still read as strictly as XML, and the test says that nobody looked.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "the environment names the browser")]

mod support;

// What the files below name is found here as it is in the library.
use gov_hook::model;
use gov_hook::report::audit::totals;

#[path = "../src/report/audit/totals/samples.rs"]
mod samples;
#[path = "../src/report/audit/totals/html/strict.rs"]
mod strict;

use std::fs;
use std::process::Command;

use serde_json::json;
use support::{Scratch, secret_line};

/// A repository with a commit before adoption, a good one, a refused attempt, and one past the hooks.
fn governed() -> Scratch {
    let scratch = Scratch::new();
    scratch.install_hooks();
    scratch.write("a.txt", "one\n");
    scratch.commit_by_hand("One");
    scratch.write("b.txt", secret_line());
    scratch.git(&["add", "--all"]);
    assert!(!scratch.tried(&["commit", "-m", "Secret"]).passed());
    scratch.write("b.txt", "two\n");
    scratch.git(&["-c", "core.hooksPath=/dev/null", "commit", "-qam", "Two <b>past</b> the hooks"]);
    scratch
}

#[test]
fn the_totals_are_those_of_the_ledger() {
    let scratch = governed();

    let said = scratch.run(&["audit", "report", "--format", "json"]);

    let report = said.json();
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!((&report["schema"], &report["range"]), (&"gov-hook/audit-report/v1".into(), &"main".into()));
    assert_eq!(report["ledger"]["verdict"], "sound");
    let totals = &report["totals"];
    assert_eq!(totals["outcomes"], json!({ "auto_approved": 1, "blocked": 1 }));
    assert_eq!(totals["enforcement"], json!({ "development": 2 }));
    assert_eq!(totals["actors"]["mira@example.com"]["refused"], 1);
    assert_eq!(totals["weeks"].as_array().unwrap().len(), 1);
    assert_eq!(report["commits"]["by_status"], json!({ "recorded": 1, "unrecorded": 1 }));
    assert_eq!(report["commits"]["missing"][0]["subject"], "Two <b>past</b> the hooks");
}

#[test]
fn days_and_ranges_narrow_what_is_told() {
    let scratch = governed();

    let none = scratch.run(&["audit", "report", "--until", "2001-01-01", "--format", "json"]).json();
    let all = scratch.run(&["audit", "report", "--since", "2001-01-01", "--format", "json"]).json();
    let one = scratch.run(&["audit", "report", "HEAD~1..HEAD", "--format", "json"]).json();

    assert_eq!((&none["totals"]["outcomes"], &none["until"]), (&json!({}), &"2001-01-01".into()));
    assert_eq!(all["totals"]["outcomes"], json!({ "auto_approved": 1, "blocked": 1 }));
    assert_eq!(one["commits"]["by_status"], json!({ "unrecorded": 1 }));
    let wrong = scratch.run(&["audit", "report", "--since", "yesterday"]);
    assert_eq!(wrong.code, 2);
}

#[test]
fn a_damaged_ledger_is_said_above_every_total() {
    let scratch = governed();
    let stream = scratch.streams().remove(0);
    scratch.git(&["notes", &format!("--ref={stream}"), "append", "-m", "{}", "HEAD"]);

    let said = scratch.run(&["audit", "report"]);
    let page = scratch.run(&["audit", "report", "--format", "html"]);

    assert_eq!((said.code, page.code), (1, 1));
    assert!(said.out.starts_with("broken: "), "{}", said.out);
    assert!(page.out.contains("The ledger is broken"));
}

#[test]
fn an_empty_ledger_and_an_unborn_branch_have_a_report_too() {
    for scratch in [Scratch::new(), Scratch::unborn()] {
        let said = scratch.run(&["audit", "report"]);
        let page = scratch.run(&["audit", "report", "--format", "html"]);

        assert_eq!(said.out, "empty: nothing is on record in this repository yet\n");
        assert_eq!((said.code, page.code), (0, 0));
        assert_eq!(strict::check(&page.out), Ok(()));
    }
}

#[test]
fn the_page_of_a_real_ledger_is_well_formed() {
    let said = governed().run(&["audit", "report", "--format", "html"]);

    assert_eq!((said.code, strict::check(&said.out)), (0, Ok(())));
    assert!(said.out.contains("Two &lt;b&gt;past&lt;/b&gt; the hooks"));
}

fn browser() -> Option<String> {
    if let Ok(named) = std::env::var("GOV_HOOK_BROWSER") {
        return Some(named);
    }
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome-headless-shell"];
    let runs = |name: &&&str| Command::new(**name).arg("--version").output().is_ok_and(|said| said.status.success());
    names.iter().find(runs).map(|name| (*name).to_owned())
}

/// What looks at a page as a person would: does anything stick out, cover something else, or fade?
const LOOK: &str = r#"<script>
const wrong = [];
const page = document.documentElement;
if (page.scrollWidth > innerWidth + 1) wrong.push("the page is wider than the window");
for (const details of document.querySelectorAll("details")) details.open = false;
const meets = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
for (const svg of document.querySelectorAll(".plot svg")) {
  const figure = svg.closest("figure").id, frame = svg.getBoundingClientRect();
  if (frame.width < 100 || frame.height < 10) wrong.push(`${figure} is not drawn`);
  const texts = [...svg.querySelectorAll("text")];
  for (const shape of [...texts, ...svg.querySelectorAll("rect")]) {
    const box = shape.getBoundingClientRect();
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
      wrong.push(`${figure}: "${shape.textContent}" sticks out`);
    if (shape.tagName === "rect" && getComputedStyle(shape).fill === "rgb(0, 0, 0)") wrong.push(`${figure}: a bar has no colour`);
  }
  texts.forEach((one, at) => texts.slice(at + 1).forEach(other => {
    if (meets(one.getBoundingClientRect(), other.getBoundingClientRect()))
      wrong.push(`${figure}: "${one.textContent}" covers "${other.textContent}"`);
  }));
}
const parts = colour => colour.match(/[\d.]+/g).map(Number);
const bright = colour => parts(colour).slice(0, 3).map(part => part / 255)
  .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
  .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
const behind = element => {
  for (let outer = element; outer; outer = outer.parentElement) {
    const colour = getComputedStyle(outer).backgroundColor;
    if ((parts(colour)[3] ?? 1) > 0) return colour;
  }
  return "rgb(255, 255, 255)";
};
for (const element of document.body.querySelectorAll("*")) {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  if (!own || ["SCRIPT", "title", "desc"].includes(element.tagName)) continue;
  const style = getComputedStyle(element);
  const [one, other] = [bright(element.tagName === "text" ? style.fill : style.color), bright(behind(element))];
  const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  if (contrast < 4.5) wrong.push(`"${element.textContent.slice(0, 30)}" is hard to read: ${contrast.toFixed(1)}`);
}
document.title = "looked at: " + JSON.stringify(wrong);
</script></body>"#;

#[test]
fn the_page_looks_right_in_a_browser() {
    let Some(browser) = browser() else {
        eprintln!("no Chromium is here, so nobody looked at the page; name one by GOV_HOOK_BROWSER");
        return;
    };
    let scratch = Scratch::unborn();
    let look = |page: &str, width: u32| {
        let path = scratch.beside("page.html");
        fs::write(&path, page).unwrap();
        let mut command = scratch.command(&browser, &scratch.beside(""));
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--dump-dom"])
            .arg("--enable-logging=stderr")
            .arg(format!("--user-data-dir={}", scratch.beside("browser").display()))
            .arg(format!("--window-size={width},900"))
            .arg(format!("file://{}", path.display()));
        let said = command.output().unwrap_or_else(|error| panic!("{browser}: {error}"));
        assert!(said.status.success(), "{browser}: {}", String::from_utf8_lossy(&said.stderr));
        (String::from_utf8(said.stdout).unwrap(), String::from_utf8_lossy(&said.stderr).into_owned())
    };
    let policy = |page: &str| {
        let line = page.lines().find(|line| line.contains("Content-Security-Policy")).unwrap().to_owned();
        page.replace(&line, "").replace("</body>", LOOK)
    };

    let page = totals::page(&samples::sound());
    let (dom, console) = look(&page, 1_280);
    assert_eq!(dom.matches("<figure").count(), page.matches("<figure").count());
    // Its own rules let nothing in, and nothing was kept out.
    assert!(!console.contains("Content Security Policy"), "{console}");
    let seen = |page: &str, width: u32| {
        let (dom, _) = look(page, width);
        dom.split("<title>looked at: ").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap().to_owned()
    };
    let faded = policy(&page).replace("--ink: #1b2430", "--ink: #c0c0c0");
    let wrong = seen(&faded, 1_280);
    assert!(wrong.contains("hard to read"), "{wrong}");
    for (report, width) in [(samples::sound(), 1_280), (samples::sound(), 500), (samples::broken(), 800)] {
        let light = policy(&totals::page(&report));
        let dark = light.replace("prefers-color-scheme: dark", "min-width: 1px");
        assert_ne!(light, dark);
        for page in [light, dark] {
            assert_eq!(seen(&page, width), "[]", "{width} wide");
        }
    }
}
