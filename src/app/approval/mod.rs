//! Approvals: what is asked of people, what they answer, and whose answer counts.

mod answer;
mod ask;
mod debts;
mod glass;
mod lapse;
mod list;
mod matter;
mod overdue;
mod overriding;
mod request;
mod review;
mod revoke;
mod savepoint;
mod seal;
mod term;
mod told;
mod worth;

pub(super) use ask::{beside, by_hook, next_step, offer, used};
pub(super) use glass::broken;
pub(super) use overdue::sweep;
pub(super) use review::{Shown, exchange, withdraw};
pub(super) use savepoint::before_landing;

pub use answer::{Answering, Consent, Verdict, answer};
pub use ask::Said;
pub use glass::ratify;
pub use list::{history, pending, show, status};
pub use matter::Target;
pub use overriding::{grant, request as ask_override};
pub use request::request;
pub use revoke::revoke;
pub use savepoint::{Forgotten, forget, rollback, savepoints};
pub use term::Until;
