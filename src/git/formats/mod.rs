//! git's own binary formats, as functions of bytes and of nothing else.
//!
//! A repository may be handed over with its git directory, so whoever made it may have written any of
//! these. Nothing that is claimed here is believed before it is there: no room is made for more than
//! the bytes themselves can hold, and what git would not have written is damage rather than a guess.

pub mod delta;
pub mod index;
pub mod loose;
pub mod multi_pack_index;
pub mod pack;
pub mod pack_index;
pub mod tree;
