//! What a change is: what its bytes hold that nobody meant to share, and how risky it is.

pub mod archive;
mod assess;
mod attributes;
mod branches;
mod card;
mod card_data;
mod characters;
pub mod command;
pub mod detect;
pub mod engine;
mod entropy;
pub mod eval;
mod headers;
pub mod imports;
mod kind;
mod logarithm;
mod marker;
mod measure;
pub mod rules;
mod syntax;
pub mod text;
pub mod verify;
pub mod waivers;

pub use assess::{Gathered, assess};
pub use attributes::GeneratedMarks;
pub use card::{Features, HistoryFacts, features, is_fix_subject, score};
pub use headers::{FAMILY as HEADER_FAMILY, explained as header_explained, header_finding};
pub use kind::kind;
pub use measure::{line_diff, measure, survey, survey_copy};
