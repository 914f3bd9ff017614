//! Passwords that everybody tries first, such as `root` and `123456`. Examples are full of them, so they are told
//! only where an account is named that they open, or where they meet what pages demand of one.

use super::Captured;
use super::address::{host_of, is_placeholder, is_reserved, user_of};
use super::binding::{binds, sets_variable};
use super::company::{has_company, names_service};
use super::generic::{repeats_name, tells_value, value_of};
use super::name::{describes, is_password};
use super::place::{Place, in_document, words};
use super::shape::{is_compound, is_encoding, is_expression, is_location};
use super::stand_in::{counted_up, is_template, masked, said_not_meant};
use super::stock::{is_screaming, is_stock};
use super::texts::{is_shown, names_text};
use super::weak::names_password;
use super::words::{Words, words};

/// Beside a user and a host, under the name of a variable that a service is started with, as what a program asks for,
/// hashes or falls back on, or as a value that meets what pages demand.
pub(super) fn beside_account(captured: &Captured<'_>) -> bool {
    let place = Place::of(captured);
    let value = value_of(captured);
    let is_set = place.quoted() || tells_value(&place, captured) || sets_variable(&place, captured);
    let is_default = place.quoted() && falls_back(&place);
    let is_taken = is_default || (place.quoted() && (compares(value, &place) || hashes(&place)));
    let starts_service = || {
        sets_variable(&place, captured) && (place.names(b"root") || names_service(captured)) && !in_document(captured)
    };
    is_password(&place)
        && is_set
        && is_known(value)
        && !describes(&place)
        && !names_text(&place)
        && (is_taken || binds(&place, captured))
        && !is_shown(value, captured)
        && (is_taken || !says_name(value, &place))
        && (is_default || !names_password(value))
        && ((has_company(captured) && !is_comparison(&place))
            || starts_service()
            || (place.quoted() && (is_taken || meets_demands(value)) && !is_tried_out(captured)))
}

/// Whether a program lets whoever says the value in: `password == "root"`, `strcmp(password, "root")`.
fn compares(value: &[u8], place: &Place<'_>) -> bool {
    const CALLS: Words = words!("strcmp( strcasecmp(");
    let is_called = CALLS.close(place.before) && place.between.starts_with(b",");
    let is_guess = is_stock(value) || value.iter().any(u8::is_ascii_digit);
    is_guess && !place.names(value) && (is_called || is_comparison(place))
}

fn is_comparison(place: &Place<'_>) -> bool {
    COMPARISONS.open(place.between.trim_ascii_start())
}

const COMPARISONS: Words = words!("== != === !==");

/// Whether a program makes the hash of an account of the value.
fn hashes(place: &Place<'_>) -> bool {
    let call = place.between.strip_suffix(b"\"").or_else(|| place.between.strip_suffix(b"'")).unwrap_or_default();
    HASHERS.close(&call.to_ascii_lowercase())
}

const HASHERS: Words = words!("hash( hashsync( hashpw( hashpassword( hash_password( generate_password_hash( encode(");

/// Whether a program takes the value where its environment or its settings have none.
fn falls_back(place: &Place<'_>) -> bool {
    let other = |mark: &[u8]| memchr::memmem::find(place.between, mark).is_some();
    let line = place.before.to_ascii_lowercase();
    let call = line.strip_suffix(b"\"").or_else(|| line.strip_suffix(b"'")).and_then(|call| call.strip_suffix(b"("));
    let call = call.unwrap_or_default();
    let is_asked = LOOKUPS.close(call.strip_suffix(b"<string>").unwrap_or(call));
    (is_asked && other(b",")) || (place.names(b"env") && (other(b"||") || other(b"??")))
}

const LOOKUPS: Words = words!("env environ.get env.get env.fetch env_or envor config config.get getvalue getproperty");

/// Whether a value has letters, digits and a mark, as pages demand of passwords: `Admin@123`. Who writes that has
/// something that takes it.
fn meets_demands(value: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| value.iter().any(kind);
    value.len() >= 8
        && has(u8::is_ascii_alphabetic)
        && has(u8::is_ascii_digit)
        && has(|byte| b"!@#$".contains(byte))
        && !TRIALS.within(&value.to_ascii_lowercase())
}

/// Whether that is a test or an example, by where it stands and what stands around it.
pub(super) fn is_tried_out(captured: &Captured<'_>) -> bool {
    const REACH: usize = 400;
    let (start, end) = (captured.whole.start.saturating_sub(REACH), captured.value.end);
    let around = captured.text.get(start..end.saturating_add(REACH)).or_else(|| captured.text.get(start..));
    in_document(captured)
        || words(captured.path.as_bytes()).iter().any(|word| TRIALS.has(word))
        || CHECKS.within(&around.unwrap_or_default().to_ascii_lowercase())
}

const TRIALS: Words = words!(
    "test tests testing spec specs e2e it mock mocks fixture fixtures cypress playwright example examples demo sample samples stories docs"
);

const CHECKS: Words = words!("expect( assert describe( @test test( test_ .test @example");

/// Whether a value is the name again, so that it may well be a name itself: `group("password")`.
fn says_name(value: &[u8], place: &Place<'_>) -> bool {
    let passed_on = place.between.iter().any(|byte| matches!(byte, b'(' | b','));
    (passed_on || words(value).len() > 1) && repeats_name(value, place)
}

/// In an address of a user who is somebody, on a host that is somewhere.
pub(super) fn in_address(captured: &Captured<'_>) -> bool {
    let (value, user, host) = (captured.value(), user_of(captured), host_of(captured));
    (value.len() > 4 || value == b"root")
        && is_known(value)
        && !in_document(captured)
        && !user.is_empty()
        && !NOBODY.close(user)
        && !is_template(user)
        && (user == b"root" || !user.eq_ignore_ascii_case(value))
        && (is_own(host) || !(is_reserved(host) || NOWHERE.close(host)))
        && !is_placeholder(captured)
}

/// The machine that an address is opened on.
fn is_own(host: &[u8]) -> bool {
    host == b"localhost" || host.starts_with(b"127.")
}

/// As an argument of a call that logs in, where it is no test.
pub(super) fn as_argument(captured: &Captured<'_>) -> bool {
    in_command(captured) && !is_tried_out(captured)
}

/// In a command, a call or a statement that sets it or logs in with it, as a user who is somebody.
pub(super) fn in_command(captured: &Captured<'_>) -> bool {
    let parts = captured.head().rsplit(|byte| !(byte.is_ascii_alphanumeric() || b"_.-<>{}$".contains(byte)));
    let user = parts.into_iter().find(|part| !part.is_empty()).unwrap_or_default();
    let value = captured.value();
    let is_page = in_document(captured) || words(captured.path.as_bytes()).iter().any(|word| PAGES.has(word));
    is_known(value) && !names_password(value) && !is_page && !NOBODY.close(user) && !is_template(user)
}

const PAGES: Words = words!("doc docs html htm");

/// Users and hosts that the reader is to put their own in the place of.
const NOBODY: Words = words!("user username usr uname login name foo guest scott alice bob");

const NOWHERE: Words = words!("host hostname server server.com domain domain.com address");

/// Whether a password may be one of those that people try first, and stands for no other.
fn is_known(value: &[u8]) -> bool {
    (4..=24).contains(&value.len())
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!@#$_-.".contains(byte))
        && value.first() != Some(&b'@')
        && value.last() != Some(&b'@')
        && !masked(value)
        && !said_not_meant(value)
        && !is_template(value)
        && !is_expression(value)
        && !is_location(value)
        && !is_compound(value)
        && !is_encoding(value)
        && !is_screaming(value)
        && !is_label(value)
        && !(counted_up(value) && value.iter().all(u8::is_ascii_alphabetic))
        && !NOTHING.has(value)
}

/// A word for passwords as pages show it: `Password`.
fn is_label(value: &[u8]) -> bool {
    value.first().is_some_and(u8::is_ascii_uppercase)
        && value.iter().all(u8::is_ascii_alphabetic)
        && is_password(&Place::of_name(words(value)))
}

const NOTHING: Words = words!(
    "none null true false undefined unset unknown missing not-set not_set notset string value text empty open_sesame \
     opensesame",
);

#[cfg(test)]
mod tests {
    use super::super::Zones;
    use super::*;
    use crate::model::RepoPath;

    /// Whether `value` is told behind the first `head` of `text`, a file of `path`.
    fn told(verify: fn(&Captured<'_>) -> bool, text: &str, head: &str, value: &str, path: &str) -> bool {
        let start = text.find(&format!("{head}{value}")).unwrap();
        let whole = start..start + head.len() + value.len();
        let value = start + head.len()..whole.end;
        let path = RepoPath::from(path);
        verify(&Captured { text: text.as_bytes(), whole, value, path: &path, zones: &Zones::default() })
    }

    fn beside(account: &str, value: &str) -> bool {
        told(beside_account, &format!("{account}, password=\"{value}\")"), "password=\"", value, "a.py")
    }

    #[test]
    fn a_word_everybody_tries_is_told_only_beside_an_account() {
        assert!(beside("connect(host=\"db\", user=\"shop\"", "root"));
        assert!(beside("connect(host=\"db\", user=\"shop\"", "123456"));
        assert!(!beside("connect(host=\"db\"", "root"));
        assert!(!beside("connect(host=\"db\", user=\"username\"", "root"));
    }

    #[test]
    fn what_stands_for_a_password_is_none() {
        let account = "connect(host=\"db\", user=\"shop\"";
        for value in [
            "changeme",
            "Password",
            "my_password",
            "oracle_password",
            "abcdefg",
            "none",
            "PASSWORD",
            "xxxxxxxx",
            "abc",
            "@shop",
        ] {
            assert!(!beside(account, value), "{value}");
        }
    }

    #[test]
    fn one_that_meets_what_pages_demand_is_told_where_nobody_tries_it_out() {
        let alone = |value: &str, path| {
            told(beside_account, &format!("admin_password = \"{value}\""), "password = \"", value, path)
        };

        assert!(alone("Admin@123", "src/seed.js"));
        assert!(!alone("Admin@123", "tests/seed.js") && !alone("Admin@123", "README.md"));
        assert!(!alone("Test@123", "src/seed.js") && !alone("Adm@12", "src/seed.js"));
        assert!(!alone("changeme@1", "src/seed.js"));
        let checked = "expect(page).sees(\"x\"); password = \"Admin@123\"";
        assert!(!told(beside_account, checked, "password = \"", "Admin@123", "src/seed.js"));
    }

    #[test]
    fn a_service_is_started_with_one_by_its_variable() {
        let started = |line: &str, path| told(beside_account, line, "PASSWORD=", "1234", path);

        assert!(started("docker run -e MYSQL_ROOT_PASSWORD=1234 mysql", "run.sh"));
        assert!(!started("docker run -e MYSQL_ROOT_PASSWORD=1234 mysql", "README.md"));
        assert!(!started("x PASSWORD=1234", "run.sh"));
    }

    #[test]
    fn one_that_a_program_takes_is_told_where_it_runs() {
        assert!(!told(beside_account, "PASSWORD == 'always'", "PASSWORD == '", "always", "src/a.ts"));
        let told = |line: &str, path| {
            let head = line.get(line.find("PASSWORD").unwrap()..line.find("root").unwrap()).unwrap();
            told(beside_account, line, head, "root", path)
        };

        for line in [
            "getEnv(\"ADMIN_PASSWORD\", \"root\")",
            "config.get<string>('DB_PASSWORD', 'root')",
            "os.environ.get('DB_PASSWORD', 'root')",
            "process.env.DB_PASSWORD || 'root'",
        ] {
            assert!(told(line, "src/a.ts") && !told(line, "tests/a.ts"), "{line}");
        }
        assert!(told("strcmp(PASSWORD, \"root\")", "src/a.ts") && told("PASSWORD == \"root\"", "src/a.ts"));
        assert!(told("PASSWORD = await bcrypt.hash('root', 12)", "src/a.ts"));
        assert!(!told("labels.get('PASSWORD', 'root')", "src/a.ts"));
        assert!(!told("PASSWORD || 'root'", "src/a.ts"));
    }

    #[test]
    fn a_call_that_connects_is_told_of_a_user_who_is_somebody() {
        let told = |user: &str, path| {
            let head = format!("connect('db', '{user}', '");
            told(as_argument, &format!("{head}root', 'shop')"), &head, "root", path)
        };

        assert!(told("shop", "a.py") && told("root", "a.py"));
        assert!(!told("username", "a.py") && !told("<user>", "a.py") && !told("shop", "README.md"));
        assert!(!told("shop", "tests/a.py"));
    }

    #[test]
    fn an_address_is_of_somebody_and_leads_somewhere() {
        let address = |user: &str, value, host: &str, path| {
            told(in_address, &format!("mysql://{user}:{value}@{host}/shop"), &format!("mysql://{user}:"), value, path)
        };

        assert!(address("root", "123456", "db", "a.py") && address("root", "password", "localhost", "a.py"));
        assert!(!address("user", "123456", "db", "a.py") && !address("<user>", "123456", "db", "a.py"));
        assert!(!address("shopper", "shopper", "db", "a.py"));
        assert!(!address("root", "123456", "host", "a.py") && !address("root", "123456", "db.example.com", "a.py"));
        assert!(address("root", "root", "db", "a.py") && !address("root", "123456", "db", "README.md"));
    }

    #[test]
    fn a_command_logs_in_with_one_where_it_runs() {
        assert!(told(in_command, "mysql -u root -p123456", "-p", "123456", "run.sh"));
        assert!(!told(in_command, "mysql -u root -p123456", "-p", "123456", "README.md"));
        assert!(!told(in_command, "mysql -u root -p<password>", "-p", "<password>", "run.sh"));
    }
}
