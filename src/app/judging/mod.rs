//! One judgement, from what is asked to what follows: the change is found, read and measured, its words
//! are heard, and it is decided on. Hooks, verbs and the replay of what is on record all come here.

mod again;
mod beside;
mod brought;
mod carried;
mod clean;
mod copies;
mod examine;
mod file;
mod governed;
mod hear;
mod history;
mod judge;
mod large;
mod measured;
mod mends;
mod message;
mod next;
mod past;
mod people;
mod pushed;
mod question;
mod returned;
mod side;
mod signed;
mod steps;
mod subject;
mod target;
mod unscanned;
mod whole;

pub(super) use again::Again;
pub(super) use hear::own_changes;
pub(super) use judge::{Judged, judge, judge_again, judge_anew, judge_push, judge_under};
pub(super) use message::worded;
pub use question::{Asked, Question, Supposition, What};
pub(super) use side::{Push, Side};
pub use unscanned::Naming;
