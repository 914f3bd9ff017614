//! What waiving depends on besides the findings.

use super::file::Waivers;
use crate::check::rules::Rules;
use crate::model::Date;

/// How much was judged: only a whole tree, or history, shows that a waiver of the file has nothing
/// to excuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What a change leaves behind.
    Change,
    /// What one commit of several adds, which the others may have taken out again.
    Commit,
    Tree,
    History,
}

/// The waivers and the rules that they are for, on which day, and how much was judged.
#[derive(Clone, Copy)]
pub struct Waiving<'a> {
    pub rules: &'a Rules,
    pub waivers: &'a Waivers,
    pub today: Date,
    pub scope: Scope,
}
