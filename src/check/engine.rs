//! What judges, by digest: the risk card and the embedded rules, as they were when this was built.

include!(concat!(env!("OUT_DIR"), "/digests.rs"));
