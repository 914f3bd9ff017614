//! Signed artifacts, and entries that were written by hand.

use gov_hook::header::{Terms, sign, syntax_for};
use gov_hook::model::{EntryKind, Sha256};
use serde_json::json;

use crate::team::Team;

#[test]
fn nobody_signs_an_artifact_in_the_name_of_another() {
    let team = Team::new();
    team.scratch.write("run.sh", "echo run\n");
    assert_eq!(team.gov("mira", &["sign", "run.sh", "--env", "dev"]).code, 0);
    team.gov("mira", &["audit", "sync"]);
    team.gov("sam", &["audit", "sync"]);
    assert_eq!(team.gov("sam", &["sign", "README.md", "--env", "dev"]).code, 0);
    let forge = |name: &str, email: &str| {
        let text = format!("echo for {name}\n").into_bytes();
        let mut blob = String::new();
        team.forge("sam", EntryKind::Sign, None, |entry| {
            let terms = Terms {
                environment: "prod".into(),
                signed_at: entry.time,
                name: name.into(),
                email: email.into(),
                artifact_type: None,
                metadata: Vec::new(),
            };
            let signed = sign(&text, syntax_for(&"evil.sh".into(), &text).unwrap(), &terms).unwrap().unwrap();
            std::fs::write(team.at("sam").join("evil.sh"), &signed.bytes).unwrap();
            blob = team.git("sam", &["hash-object", "-w", "evil.sh"]);
            entry.actor.name = "sam".into();
            for (member, value) in [
                ("path", json!("evil.sh")),
                ("artifact_hash", json!(Sha256::of(&text).to_string())),
                ("block", json!(signed.block.to_string())),
                ("blob", json!(blob)),
                ("environment", json!("prod")),
                ("signed_by", json!(signed.signed_by)),
                ("signed_at", json!(entry.time.to_string())),
            ] {
                entry.body.insert(member.into(), value);
            }
        });
        team.json("sam", &["verify", "evil.sh"])["files"][0].clone()
    };

    let own = forge("sam", "sam@example.com");
    let of_another = forge("mira", "mira@example.com");

    assert_eq!(own["status"], "verified", "{own}");
    assert_eq!(of_another["rule"], "header/unrecorded", "{of_another}");
}
