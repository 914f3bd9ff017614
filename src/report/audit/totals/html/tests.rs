use super::super::samples::{broken, sound};
use super::{page, strict};
use crate::model::{ActorTotals, AuditReport, Date, MissingCommit, Outcome};

#[test]
fn every_page_is_well_formed_and_needs_nothing_else() {
    let old = |years: u16| Date::new(2026 - years, 1, 5).unwrap();
    let mut long = sound();
    long.totals.weeks.insert(old(3), [(Outcome::Blocked, 1)].into());
    let mut absurd = sound();
    absurd.totals.weeks.insert(Date::new(1970, 1, 5).unwrap(), [(Outcome::Blocked, 1)].into());
    absurd.totals.weeks.insert(Date::new(9999, 1, 4).unwrap(), [(Outcome::Blocked, u64::from(u32::MAX))].into());

    for report in [sound(), broken(), long, absurd, AuditReport::default()] {
        assert_eq!(strict::check(&page(&report)), Ok(()));
    }
}

#[test]
fn what_people_wrote_stays_text() {
    let hostile = "</title></style><script>alert(1)</script><img src=x onerror=\"y\">\u{202e}&copy;\x1b[31m";
    let mut report = AuditReport { range: hostile.into(), engine: hostile.into(), ..broken() };
    report.totals.actors.insert(hostile.into(), ActorTotals { decisions: 500, ..ActorTotals::default() });
    report.totals.agents.insert(hostile.into(), ActorTotals::default());
    report.totals.environments.insert(hostile.into(), 1_000);
    report.totals.enforcement.insert(hostile.into(), 1_000);
    report.totals.headers.environments.insert(hostile.into(), 1_000);
    for damage in &mut report.damage {
        (damage.stream, damage.expected, damage.found) = (hostile.into(), hostile.into(), hostile.into());
    }
    for tail in &mut report.unwitnessed {
        tail.stream = hostile.into();
    }
    for MissingCommit { subject, author, why, .. } in &mut report.missing {
        (*subject, *author, *why) = (hostile.into(), hostile.into(), hostile.into());
    }

    let page = page(&report);

    assert_eq!(strict::check(&page), Ok(()));
    assert!(!page.contains('\u{202e}') && !page.contains('\x1b'));
}

#[test]
fn signed_files_are_told_by_environment() {
    let told = "1,200 dev, 12 prod, 28 staging, 3 unsigned, 318 verified, 4 tampered with";

    assert!(page(&sound()).contains(&format!("<strong>1,240</strong><span>{told}</span>")));
}

#[test]
fn the_reader_is_strict() {
    let page = page(&sound());
    let wrong = [
        page.replacen("</figure>", "", 1),
        page.replacen("<h1>", "<h1 onclick=\"x\">", 1),
        page.replacen("<h1>", "<h1><script></script>", 1),
        page.replacen("<h1>", "<h1>AT&T", 1),
        page.replacen("<h1>", "<h1>https://example.com", 1),
        page.replacen("<summary>The numbers</summary>", "<summary>x</summary><table></table>", 1),
        page.replacen("id=\"weeks-t\"", "id=\"other\"", 1),
        page.replacen("role=\"img\" aria-labelledby", "role=\"img\" id", 1),
    ];

    for page in wrong {
        assert!(strict::check(&page).is_err());
    }
}
