//! A request that nobody answered in time is a rejection: whoever sees it first puts that on record.

use super::ask;
use super::told::{News, put};
use crate::app::check::Judged;
use crate::app::record::Pen;
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::model::{Deed, Outcome};

/// Why it is rejected, as everybody reads it.
pub(super) const WHY: &str = "nobody answered the request in time";

/// What somebody just looks at may have waited too long.
pub(super) fn see(repo: &Repo, judged: &Judged, environment: &Environment) -> Result<(), Failure> {
    let Some(asked) = ask::asked(judged) else { return Ok(()) };
    let Some(act) = ask::timed_out(repo, judged, asked)? else { return Ok(()) };
    let pen = Pen::open(repo, environment, judged.audit, environment.agent.as_deref())?;
    if let Some(deed) = put(&pen, act)? {
        let described = judged.judgement.target.described.clone();
        let news = News { outcome: Outcome::Rejected, why: Some(WHY.to_owned()), described };
        news.of(repo, environment, judged, &Deed { by: "nobody".to_owned(), ..deed });
    }
    Ok(())
}
