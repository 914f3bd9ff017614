//! Where keys are: with an agent alone, behind another program, named by a command, and gone from the
//! list.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use gov_hook::model::EntryKind;

use crate::support::{Said, lines};
use crate::team::Team;

/// The real ssh-agent, with Lin's key; the file that held it is gone.
struct Agent {
    process: Child,
    socket: PathBuf,
}

impl Agent {
    fn with_the_key_of_lin(team: &Team) -> Self {
        let socket = team.scratch.beside("agent");
        let mut command = team.scratch.command("ssh-agent", &team.at("lin"));
        command.arg("-D").arg("-a").arg(&socket).stdout(Stdio::null());
        let agent = Self { process: command.spawn().unwrap(), socket };
        let key = team.scratch.beside("keys/lin");
        let mut tries = 0;
        loop {
            let mut add = team.scratch.command("ssh-add", &team.at("lin"));
            if add.env("SSH_AUTH_SOCK", &agent.socket).arg("-q").arg(&key).output().unwrap().status.success() {
                break;
            }
            tries += 1;
            assert!(tries < 200, "ssh-agent does not answer");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        fs::remove_file(key).unwrap();
        agent
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn with_agent(team: &Team, agent: &Agent, arguments: &[&str]) -> Said {
    team.scratch.run_with(arguments, |command| {
        command.current_dir(team.at("lin")).env("SSH_AUTH_SOCK", &agent.socket);
    })
}

fn is_signed(said: &Said) {
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("as lin@example.com, signed (entry "), "{}", said.out);
}

#[test]
fn a_key_that_only_an_agent_has_signs_however_git_names_it() {
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.gov("lin", &["audit", "sync"]);
    let public = fs::read_to_string(team.scratch.beside("keys/lin.pub")).unwrap().trim().to_owned();
    let agent = Agent::with_the_key_of_lin(&team);
    let again = |key: &str| {
        team.git("lin", &["config", "user.signingkey", key]);
        is_signed(&with_agent(&team, &agent, &["approve", &id]));
        is_signed_revocation(&team, &agent, &id);
    };

    again(&format!("key::{public}"));
    again(&public);
    again(&team.scratch.beside("keys/lin.pub").to_string_lossy());
    // As `ssh-add -L` lists them; git takes the first.
    team.git("lin", &["config", "--unset", "user.signingkey"]);
    team.git("lin", &["config", "gpg.ssh.defaultKeyCommand", "ssh-add -L"]);
    is_signed(&with_agent(&team, &agent, &["approve", &id]));
    is_signed_revocation(&team, &agent, &id);

    let without = team.gov("lin", &["approve", &id]);
    assert_eq!(without.code, 2, "{}", without.out);
    assert!(without.err.contains("`ssh-add -L`, which should print a key, prints none"), "{}", without.err);
    is_signed(&with_agent(&team, &agent, &["approve", &id]));
    team.gov("lin", &["audit", "sync"]);
    team.lands("main");
}

fn is_signed_revocation(team: &Team, agent: &Agent, id: &str) {
    let said = with_agent(team, agent, &["revoke", id, "--format", "json"]);
    assert_eq!(said.json()["recorded"][0]["signed"], true, "{}{}", said.out, said.err);
}

#[test]
fn another_program_stands_in_for_ssh_keygen() {
    use std::os::unix::fs::PermissionsExt;
    let team = Team::new();
    let id = team.held("core/a.txt", &lines(6));
    team.gov("lin", &["audit", "sync"]);
    let program = team.scratch.beside("signer");
    let used = team.scratch.beside("used");
    fs::write(&program, format!("#!/bin/sh\necho \"$@\" > '{}'\nexec ssh-keygen \"$@\"\n", used.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    team.git("lin", &["config", "gpg.ssh.program", &program.to_string_lossy()]);

    is_signed(&team.approve("lin", &id));

    assert!(fs::read_to_string(used).unwrap().starts_with("-Y sign -q -n approve@gov-hook -f "));
    team.lands("main");
}

#[test]
fn what_a_key_approved_stays_approved_when_the_key_leaves_and_a_strangers_never_was() {
    let team = Team::new();
    team.approved("core/a.txt", &lines(6));
    team.lands("main");
    team.git("ada", &["pull", "-q", "--rebase"]);
    let path = team.at("ada").join(".gov/allowed_signers");
    let listed = fs::read_to_string(&path).unwrap();
    let left: String = listed.lines().filter(|line| !line.starts_with("lin@")).flat_map(|line| [line, "\n"]).collect();
    // Dates are of whole seconds.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    fs::write(&path, left).unwrap();
    team.git("ada", &["commit", "-q", "--all", "--no-verify", "-m", "Lin leaves"]);
    team.git("ada", &["push", "-q", "--no-verify", "origin", "main"]);
    team.git("mira", &["switch", "-q", "main"]);
    team.git("mira", &["pull", "-q", "--rebase", "origin", "main"]);
    let verified = || team.json("mira", &["audit", "verify", "--full"]);
    let sound = verified();
    assert_eq!(sound["exit"], 0, "{sound}");

    let eve = team.scratch.beside("keys/eve");
    let mut made = team.scratch.command("ssh-keygen", &team.at("mira"));
    assert!(made.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&eve).status().unwrap().success());
    team.forge("lin", EntryKind::Approve, Some(("eve", "approve@gov-hook")), |_| ());
    team.gov("lin", &["audit", "sync"]);
    team.gov("mira", &["audit", "sync"]);

    let damaged = verified();
    assert_eq!(damaged["exit"], 1, "{damaged}");
    assert!(damaged.to_string().contains("signer-not-allowed"), "{damaged}");
}

#[test]
fn in_the_name_of_somebody_whose_key_is_known_nobody_approves_without_it() {
    let team = Team::new();
    team.git("mira", &["push", "-q", "--no-verify", "origin", "main:stage"]);
    team.commit("topic", "core/a.txt", &lines(6));
    team.is_held("stage");
    team.gov("mira", &["audit", "sync"]);
    let judged = team.json("mira", &["check", "origin/main..HEAD", "--onto", "stage"]);
    let id = judged["target"]["change"].as_str().unwrap()[4..16].to_owned();

    // Whoever writes to a stream chooses the name: Mira takes Lin's.
    team.git("mira", &["config", "--unset", "gpg.format"]);
    team.git("mira", &["config", "user.email", "lin@example.com"]);
    let refused = team.gov("mira", &["approve", &id]);
    assert_eq!(refused.code, 1, "{}{}", refused.out, refused.err);
    assert!(refused.out.contains("is not signed, and .gov/allowed_signers has a key of theirs"), "{}", refused.out);
    assert_eq!(team.gov("mira", &["reject", &id, "--reason", "no"]).code, 0, "to stop it takes no key");
    team.git("mira", &["config", "user.email", "mira@example.com"]);
    team.git("mira", &["config", "gpg.format", "ssh"]);
}
