use proptest::prelude::*;

use super::*;
use crate::model::{Outcome, PolicyLine, Severity};
use crate::policy::{ApprovalRule, BUILT_IN, Channel, Notice, PathDefault, RiskLimits};

const EXAMPLE: &str = include_str!("../example.yaml");

fn sound(text: &str) -> Policy {
    read("policy.yaml", text.as_bytes()).unwrap()
}

/// One line per mistake: place, message, `| because`, `> help`.
fn mistakes(text: &str) -> Vec<String> {
    let mistakes = read("policy.yaml", text.as_bytes()).err().unwrap_or_default();
    let shown = |mistake: Mistake| {
        let Mistake { line, column, length, message, because, help, .. } = mistake;
        let because = because.map(|because| format!(" | {because}")).unwrap_or_default();
        let help = help.map(|help| format!(" > {help}")).unwrap_or_default();
        format!("{line}:{column}+{length} {message}{because}{help}")
    };
    mistakes.into_iter().map(shown).collect()
}

/// The mistakes of a policy that has one section more than its version.
fn section(text: &str) -> Vec<String> {
    mistakes(&format!("version: 1\n{text}\n"))
}

#[test]
fn the_built_in_policy_is_read_without_a_mistake_and_says_everything() {
    let built_in = Policy::built_in();

    assert_eq!(built_in.enforcement.default, Enforcement::Development);
    assert_eq!(built_in.paths.default, PathDefault::Allow);
    assert_eq!(built_in.rules.packs, ["secrets", "synthetic-data", "unicode", "weakening"]);
    assert_eq!(built_in.agents.at_least, Enforcement::Staging);
    assert!(built_in.paths.never_auto_approve.iter().all(|glob| glob.at.is_none()));
    assert_eq!(mistakes(BUILT_IN), [""; 0]);
}

#[test]
fn every_key_of_the_example_is_kept() {
    let policy = sound(EXAMPLE);

    assert_eq!(policy.level_for(Some("release/1")), Enforcement::Production);
    assert_eq!(policy.level_for(Some("wip")), Enforcement::Development);
    assert_eq!(policy.level_for(None), Enforcement::Staging);
    assert_eq!(policy.paths.default, PathDefault::Deny);
    assert_eq!(
        policy.categories.iter().map(|c| (&*c.name, c.auto_approve)).collect::<Vec<_>>(),
        [("docs", true), ("tests", false)]
    );
    let risk = RiskLimits {
        low_max_lines: 50,
        medium_max_lines: 150,
        max_auto_deleted: 25,
        large_deletion: 120,
        high_score: 40,
        critical_score: 60,
        strict: true,
    };
    assert_eq!(policy.risk, risk);
    assert_eq!(policy.rules.packs, ["secrets", "imports"]);
    assert_eq!(
        policy.rules.severity.iter().map(|(_, severity)| *severity).collect::<Vec<_>>(),
        [Severity::Warn, Severity::Deny]
    );
    assert_eq!(policy.rules.imports[0].module.as_deref(), Some("core.governance_kernel"));
    assert_eq!(policy.rules.imports[0].decorator.as_deref(), Some("governed"));
    assert_eq!(policy.roles[1].members, ["lin@example.com", "sam@example.com"]);
    let rule = |count, roles: &[&str], timeout_seconds, signed| ApprovalRule {
        count,
        roles: roles.iter().map(|&role| role.to_owned()).collect(),
        timeout_seconds,
        signed,
    };
    assert_eq!(policy.approvals.high, rule(2, &["tech_lead", "admin"], 5_400, true));
    assert_eq!(policy.approvals.critical, rule(1, &["admin"], 604_800, false));
    assert_eq!(policy.approvals.paths[0].rule, rule(3, &["tech_lead", "admin"], 7_200, false));
    assert!(policy.approvals.author_may_approve);
    assert_eq!(policy.agents.at_least, Enforcement::Production);
    assert_eq!(policy.agents.identities[0].id, "robo");
    let others: Vec<&str> = policy.others.iter().map(|entry| entry.key.text.as_str()).collect();
    assert_eq!(others, ["headers", "environments", "notify", "audit", "licence"]);
}

#[test]
fn what_a_policy_leaves_out_stays_as_the_built_in_says() {
    let policy = sound("version: 1\nrisk: { strict: true }\npaths: { protected: [docs/] }\n");

    let built_in = Policy::built_in();
    assert_eq!(policy.risk, RiskLimits { strict: true, ..built_in.risk });
    assert_eq!(policy.paths.protected.len(), 1);
    assert_eq!(policy.paths.never_auto_approve.len(), built_in.paths.never_auto_approve.len());
    assert_eq!(policy.approvals.critical, built_in.approvals.critical);
    assert_eq!(policy.agents.identities.len(), built_in.agents.identities.len());
}

#[test]
fn no_policy_takes_the_guard_off_the_law() {
    let policy = sound("version: 1\npaths: { never_auto_approve: [], protected: [], allowed: [\"**\"] }\n");

    let globs: Vec<&str> = policy.paths.never_auto_approve.iter().map(|glob| &*glob.text).collect();
    assert_eq!(globs, [".gov/**", ".git/**"]);
}

#[test]
fn a_glob_knows_the_line_that_says_it() {
    let policy = sound("version: 1\npaths:\n  protected: [a, \"b/**\"]  # why\n");

    let expected = PolicyLine {
        origin: "policy.yaml".into(),
        line: 3,
        start: 17,
        end: 23,
        text: "  protected: [a, \"b/**\"]  # why".into(),
    };
    assert_eq!(policy.paths.protected[1].at.as_deref(), Some(&expected));
}

#[test]
fn of_an_endless_line_only_what_stands_around_the_glob_is_kept() {
    let globs: Vec<String> = (0..9_000).map(|number| format!("p{number}")).collect();
    let policy = sound(&format!("version: 1\npaths: {{ protected: [{}] }}\n", globs.join(", ")));

    let at = policy.paths.protected[8_999].at.clone().unwrap();
    let marked: String = at.text.chars().skip(at.start).take(at.end - at.start).collect();
    assert_eq!((marked.as_str(), at.text.chars().count() <= 200), ("p8999", true));
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let text = "\
version: 1
pathz: {}
enforcement: { default: prod, branches: { \"rel[\": production, refs/heads/main: staging } }
paths:
  protectd: []
  protected: [\"src/[\", /abs, ok, ok]
  allowed: src/**
risk: { low_max_lines: 300, high_score: lots, critical_score: 101, strict: yes }
roles:
";
    assert_eq!(
        mistakes(text),
        [
            "2:1+5 `pathz` is not a key of a policy > did you mean `paths`?",
            "3:25+4 `default` cannot be `prod` > did you mean `production`?",
            "3:43+6 `branches` has an invalid glob `rel[` | unclosed character class, missing ']'",
            "3:63+15 `refs/heads/main` is a full ref name > name the branch: `main`",
            "5:3+8 `protectd` is not a key of `paths` > did you mean `protected`?",
            "6:15+7 `protected` has an invalid glob `src/[` | unclosed character class, missing ']'",
            "6:24+4 `protected` has an invalid glob `/abs` | starts with `/`: globs are relative to the repository's root",
            "6:34+2 `protected` lists `ok` twice",
            "7:12+6 `allowed` must be a list, not a text > put it in brackets: `[\"…\"]`",
            "8:24+3 `low_max_lines` must not be above `medium_max_lines` | `low_max_lines` is 300, `medium_max_lines` is 200 by default",
            "8:41+4 `high_score` must be a number from 1 to 100, not a text",
            "8:63+3 `critical_score` must be a number from 1 to 100, not 101",
            "8:76+3 `strict` must be `true` or `false`, not a text > write `true`",
            "9:1+5 `roles` has no value > it must be a map; without the key, the default holds",
        ]
    );
}

#[test]
fn the_version_must_be_there_and_known() {
    assert_eq!(mistakes("paths: {}\n"), ["1:1+1 `version` is missing > write `version: 1`"]);
    assert_eq!(mistakes("version: \"1\"\n"), ["1:10+3 `version` must be the number 1 > write `version: 1`"]);
    assert_eq!(
        mistakes("version: 2\nlaws: {}\n"),
        ["1:10+1 the policy is of version 2 | this gov-hook reads version 1 > use a gov-hook that knows it"]
    );
    assert_eq!(
        mistakes("# nothing\n"),
        ["1:1+1 the policy is empty > write `version: 1`, or remove the file: then the built-in policy holds"]
    );
    assert_eq!(mistakes("[1]\n"), ["1:1+3 `policy` must be a map, not a list"]);
    assert_eq!(mistakes("version: 1\n"), [""; 0]);
}

#[test]
fn a_key_in_the_wrong_place_is_sent_to_the_right_one() {
    assert_eq!(
        section("never_auto_approve: []"),
        ["2:1+18 `never_auto_approve` is not a key of a policy > `never_auto_approve` belongs under `paths`"]
    );
    assert_eq!(
        section("paths: { roles: {} }"),
        ["2:10+5 `roles` is not a key of `paths` > `roles` belongs at the top of the policy"]
    );
    assert_eq!(
        section("audit: { xyz: 1 }"),
        ["2:10+3 `xyz` is not a key of `audit` > known here: `sign`, `proof_of_work_bits`"]
    );
}

#[test]
fn limits_that_contradict_each_other_are_refused() {
    let above = |lower: &str, upper: &str| section(&format!("risk: {{ {lower}: 90, {upper}: 80 }}"));

    for (lower, upper) in [
        ("low_max_lines", "medium_max_lines"),
        ("max_auto_deleted", "large_deletion"),
        ("high_score", "critical_score"),
    ] {
        let column = 11 + lower.len();
        let expected = format!("2:{column}+2 `{lower}` must not be above `{upper}` | `{lower}` is 90, `{upper}` is 80");
        assert_eq!(above(lower, upper), [expected]);
        assert_eq!(section(&format!("risk: {{ {lower}: 80, {upper}: 80 }}")), [""; 0]);
    }
}

#[test]
fn approvals_ask_only_for_what_can_be_given() {
    let asked = |rule: &str| {
        section(&format!(
            "roles: {{ admin: [ada@example.com], lead: [Ada@example.com, lin@example.com] }}\napprovals: {{ high: {{ {rule} }} }}"
        ))
    };

    assert_eq!(asked("count: 2, roles: [admin, lead], timeout: 30m"), [""; 0]);
    assert_eq!(asked("roles: [admn]"), ["3:30+4 `admn` is not a role > did you mean `admin`?"]);
    assert_eq!(asked("roles: [owners]"), ["3:30+6 `owners` is not a role > `roles` has `admin`, `lead`"]);
    assert_eq!(asked("count: 3"), ["3:29+1 3 approvals can never be given | the roles asked name 2 people"]);
    assert_eq!(
        asked("count: 2, roles: [admin]"),
        ["3:29+1 2 approvals can never be given | the roles asked name 1 person"]
    );
    assert_eq!(asked("count: 0"), ["3:29+1 `count` must be a number from 1 to 20, not 0"]);
    assert_eq!(
        section("approvals: { critical: { roles: [admin] } }"),
        ["2:34+5 `admin` is not a role > name its people under `roles`"]
    );
}

#[test]
fn a_timeout_is_a_number_with_a_unit() {
    let timeout = |text: &str| section(&format!("approvals: {{ high: {{ timeout: {text} }} }}"));

    for good in ["1m", "30m", "1h", "24h", "7d", "365d"] {
        assert_eq!(timeout(good), [""; 0], "{good}");
    }
    for bad in ["30", "1w", "-1h", "+1h", "1.5h", "h", "1 h", "é"] {
        let expected = format!(
            "2:31+{} `timeout` cannot be `{bad}` > write a number and a unit, such as `30m`, `24h` or `7d`",
            bad.chars().count()
        );
        assert_eq!(timeout(bad), [expected]);
    }
    for bad in ["0m", "366d"] {
        let expected =
            format!("2:31+{} `timeout` cannot be `{bad}` | it must lie between one minute and a year", bad.len());
        assert_eq!(timeout(bad), [expected]);
    }
}

#[test]
fn a_role_names_people_and_never_an_agent() {
    assert_eq!(section("roles: { admin: [ada@example.com] }"), [""; 0]);
    assert_eq!(
        section("roles: { admin: [ada] }"),
        ["2:18+3 `ada` is not an e-mail address | a role lists its people by the address they commit with"]
    );
    assert_eq!(
        section("roles: { admin: [\"*@example.com\"] }"),
        [
            "2:18+15 `*@example.com` is not an e-mail address | a role lists its people by the address they commit with > name each person: a role takes no globs"
        ]
    );
    assert_eq!(
        section("roles: { admin: [] }"),
        ["2:10+5 the role `admin` has no members | nobody could give the approvals it is asked for"]
    );
    assert_eq!(
        section("roles: { \"a b\": [ada@example.com] }"),
        ["2:10+5 `a b` cannot name a role | a name has letters, digits, `-`, `_` and `.` only"]
    );
    assert_eq!(
        section("roles: { admin: [NoReply@anthropic.com] }"),
        ["2:18+21 `NoReply@anthropic.com` is the agent `claude` | an agent may not approve, so it cannot have a role"]
    );
}

#[test]
fn an_agent_must_be_knowable() {
    let agent = |text: &str| section(&format!("agents: {{ identities: [ {{ {text} }} ] }}"));

    assert_eq!(agent("id: a, emails: [\"*@a.example\"]"), [""; 0]);
    assert_eq!(agent("emails: [\"*@a.example\"]"), ["2:25+27 `id` is missing"]);
    assert_eq!(agent("id: a"), ["2:25+9 neither `emails` nor `trailers` says how to know this agent"]);
    assert_eq!(
        agent("id: a, emails: [robo]"),
        ["2:43+4 `robo` in `emails` has no `@` > write an address, such as `*@example.com`"]
    );
    assert_eq!(
        agent("id: a, trailers: [\"Robo*\"]"),
        ["2:45+7 `Robo*` in `trailers` has no `:` > write a whole trailer, such as `Co-Authored-By: Name*`"]
    );
    assert_eq!(agent("id: a, emails: [a@b] }, { id: a, emails: [c@d]"), ["2:57+1 two agents are called `a`"]);
}

#[test]
fn no_text_holds_what_cannot_be_seen() {
    assert_eq!(
        section("paths: { allowed: [\"src/\\u200b*\"] }"),
        ["2:20+13 `src/\\u{200b}*` holds characters that cannot be seen > remove them"]
    );
    assert_eq!(
        section("roles: { \"a\\n\": [ada@example.com] }"),
        [
            "2:10+5 `a\\u{a}` cannot name a role | a name has letters, digits, `-`, `_` and `.` only",
            "2:10+5 `a\\u{a}` holds characters that cannot be seen > remove them",
        ]
    );
}

#[test]
fn rule_packs_are_known_and_a_repository_s_own_stand_beside_the_law() {
    let rules = |text: &str| section(&format!("rules: {{ {text} }}"));

    assert_eq!(rules("packs: [secrets, unicode], extra: [\".gov/rules/*.yaml\"]"), [""; 0]);
    assert_eq!(rules("packs: [secret]"), ["2:18+6 `secret` is not a rule pack > did you mean `secrets`?"]);
    assert_eq!(
        rules("packs: [mine]"),
        [
            "2:18+4 `mine` is not a rule pack > there are `secrets`, `synthetic-data`, `imports`, `unicode`, `weakening`; a repository's own stand under `extra`"
        ]
    );
    assert_eq!(
        rules("extra: [\"rules/*.yaml\"]"),
        [
            "2:18+14 `extra` packs must stand under `.gov/`, not at `rules/*.yaml` | elsewhere they could be changed without an approval"
        ]
    );
    assert_eq!(
        rules("severity: { \"secret/*\": loud }"),
        ["2:34+4 `secret/*` cannot be `loud` > one of `note`, `warn`, `hold`, `deny`"]
    );
    assert_eq!(
        rules("packs: [imports], imports: [ { paths: [a] } ]"),
        ["2:39+14 neither `module` nor `decorator` says what is asked for"]
    );
    assert_eq!(
        rules("imports: [ { paths: [a], module: m } ]"),
        ["2:10+7 `imports` is configured, but the pack is not in use > add `imports` to `packs`"]
    );
}

#[test]
fn what_later_verbs_read_is_judged_with_the_rest() {
    let text = "\
headers: { required: [\"[\"] }
environments: [ {}, { name: dev }, { name: dev, approvals: { roles: [x] } } ]
notify: [ { on: [held], telegram: { chat: 1 } }, {} ]
audit: { sign: 1, proof_of_work_bits: 64 }
licence: { issuer: me }
";
    let known = "`auto_approved`, `notified`, `approved`, `overridden`, `approval_pending`, `rejected`, `blocked`";
    assert_eq!(
        section(text),
        [
            "2:23+3 `required` has an invalid glob `[` | unclosed character class, missing ']'".to_owned(),
            "3:17+2 `name` is missing".into(),
            "3:44+3 two environments have this name".into(),
            "3:70+1 `x` is not a role > name its people under `roles`".into(),
            format!("4:18+4 `held` is not an outcome > `*` or one of {known}"),
            "4:25+8 `token_env` is missing".into(),
            "4:50+2 `on` is missing".into(),
            "4:50+2 none of `telegram`, `slack`, `webhook` and `command` says where to".into(),
            "5:16+1 `sign` must be `true` or `false`, not a number".into(),
            "5:39+2 `proof_of_work_bits` must be a number from 0 to 32, not 64".into(),
            "6:20+2 `issuer` must be a public key > write it as in `id_ed25519.pub`: `ssh-ed25519 AAAA…`".into(),
        ]
    );
}

#[test]
fn a_channel_of_notify_is_read_with_the_outcomes_it_is_told_of() {
    let section = "\
notify:
  - { on: [rejected], telegram: { chat: -100, token_env: TOKEN }, command: logger }
  - { on: [\"*\"], slack: { url_env: SLACK }, webhook: { url_env: HOOK, secret_env: KEY } }
";
    let policy = read("policy.yaml", format!("version: 1\n{section}").as_bytes()).unwrap();

    let telegram = Channel::Telegram { chat: "-100".into(), token_env: "TOKEN".into() };
    let slack = Channel::Slack { url_env: "SLACK".into() };
    let webhook = Channel::Webhook { url_env: "HOOK".into(), secret_env: Some("KEY".into()) };
    let expected = [
        Notice { on: vec![Outcome::Rejected], channels: vec![telegram, Channel::Command("logger".into())] },
        Notice { on: Outcome::ALL.to_vec(), channels: vec![slack, webhook] },
    ];
    assert_eq!(policy.notices, expected);
}

#[test]
fn a_slip_in_notify_is_told_with_what_was_meant() {
    let text = "\
notify:
  - { on: [rejectd], slak: { url_env: A } }
  - { on: [\"*\"], webhook: { url_env: A, secret_nv: B, secret: s3cr3t }, command: \" \" }
";
    assert_eq!(
        section(text),
        [
            "3:5+39 none of `telegram`, `slack`, `webhook` and `command` says where to".to_owned(),
            "3:12+7 `rejectd` is not an outcome > did you mean `rejected`?".into(),
            "3:22+4 `slak` is not a key of `notify[]` > did you mean `slack`?".into(),
            "4:41+9 `secret_nv` is not a key of `notify[].webhook` > did you mean `secret_env`?".into(),
            "4:55+6 `secret` is not a key of `notify[].webhook` > did you mean `secret_env`?".into(),
            "4:63+6 a secret does not belong in the policy > put it in an environment variable and name that in \
             `secret_env`"
                .into(),
            "4:82+3 `command` is empty > name a program, such as `logger -t gov-hook`".into(),
        ]
    );
}

#[test]
fn a_secret_in_the_policy_is_never_repeated() {
    let text = "version: 1\nnotify: [ { on: [\"*\"], webhook: { url: \"https://h.example/s3cr3t\" }, telegram: { chat: 1, token_env: \"123:s3cr3t\" } } ]\n";
    let mistakes = read("policy.yaml", text.as_bytes()).unwrap_err();

    let said = format!("{:?}", mistakes.iter().map(|m| (&m.message, &m.because, &m.help)).collect::<Vec<_>>());
    assert!(!said.contains("s3cr3t"), "{said}");
    let secrets: Vec<u32> = mistakes.iter().filter(|mistake| mistake.secret).map(|mistake| mistake.column).collect();
    assert_eq!(secrets, [40, 102]);
}

/// Puts a value no key can have at every key in turn: whatever is not complained about is not read.
#[test]
fn every_key_that_is_accepted_is_also_read() {
    let unfit = "{ nonsense: [[]] }";
    for shape in keys::ALL {
        for key in shape.keys {
            let mut text = format!("{key}: {unfit}");
            for step in shape.place.split('.').rev().filter(|step| !step.is_empty()) {
                text = match step.strip_suffix("[]") {
                    Some(list) => format!("{list}: [ {{ {text} }} ]"),
                    None if step == "*" => format!("anything: {{ {text} }}"),
                    None => format!("{step}: {{ {text} }}"),
                };
            }
            let before = if *key == "version" { "" } else { "version: 1\n" };
            let found = mistakes(&format!("{before}{text}\n"));
            let read = |mistake: &String| {
                mistake.contains("nonsense") || mistake.contains("must be") || mistake.contains("must name")
            };
            assert!(found.iter().any(read), "{}: {key}: {found:?}", shape.place);
        }
    }
}

/// A sound policy in which some bytes are others.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), any::<u8>(), 0..3_u8);
    (prop_oneof![Just(EXAMPLE), Just(BUILT_IN)], prop::collection::vec(edit, 1..12)).prop_map(|(text, edits)| {
        let mut bytes = text.as_bytes().to_vec();
        for (index, byte, kind) in edits {
            let at = index.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_bytes_make_the_policy_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read("policy.yaml", &bytes);
    }

    #[test]
    fn a_mutated_policy_is_read_or_its_mistakes_stand_inside_the_file(bytes in mutated()) {
        let lines = String::from_utf8_lossy(&bytes).lines().count();
        match read("policy.yaml", &bytes) {
            Ok(policy) => prop_assert!(policy.place(&".gov/policy.yaml".into()).class == crate::model::PathClass::NeverAutoApprove),
            Err(mistakes) => {
                prop_assert!(!mistakes.is_empty());
                for mistake in mistakes {
                    prop_assert!(mistake.line >= 1 && mistake.line as usize <= lines.max(1), "{mistake:?}");
                    prop_assert!(mistake.column >= 1 && mistake.length >= 1, "{mistake:?}");
                }
            }
        }
    }
}
