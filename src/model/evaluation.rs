//! How well the score ranks the changes of a history: the card's own evidence, as plain data.

/// A share or a rank statistic. Absent where there is nothing to compute it from.
pub type Measured = Option<f64>;

#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// What was evaluated, in words.
    pub of: String,
    pub histories: usize,
    pub commits: usize,
    /// Commits that a later fix was blamed on.
    pub inducing: usize,
    /// Commits that a later message names as the fault.
    pub reported: usize,
    /// The card last, and before it what it is measured against.
    pub rankings: Vec<Ranking>,
    pub bands: Vec<Band>,
    /// How many scores were given with the data, and which of them this program does not get.
    pub given: usize,
    pub mismatches: Vec<Mismatch>,
    pub promises: Vec<Promise>,
    pub notes: Vec<String>,
}

impl Evaluation {
    #[must_use]
    pub fn holds(&self) -> bool {
        self.mismatches.is_empty() && self.promises.iter().all(|promise| promise.kept)
    }
}

/// How well one way to order changes puts the inducing ones first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    pub id: &'static str,
    pub name: &'static str,
    /// The chance that an inducing commit ranks before another one, ties counting half.
    pub auc_all: Measured,
    /// Among commits that touch source.
    pub auc_source: Measured,
    /// Among commits of one history with about as many added lines of source.
    pub auc_equal_size: Measured,
    /// The share of inducing commits among the tenth, or fifth, that ranks first.
    pub recall_10: Measured,
    pub recall_20: Measured,
    /// For commits that a message names as the fault: a label that blame has no part in.
    pub auc_reported: Measured,
}

/// The commits with a score from one bound to the other, both included.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub from: u32,
    pub to: u32,
    pub commits: usize,
    pub inducing: usize,
}

impl Band {
    /// How many of its commits are inducing.
    #[must_use]
    pub fn rate(&self) -> Measured {
        share(self.inducing, self.commits)
    }
}

/// A score that was given with the data and that the card does not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub commit: String,
    pub given: u32,
    pub computed: u32,
}

/// Something the evaluation must show for the score to be trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    pub what: String,
    pub kept: bool,
}

#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of commits are far below 2^52")]
pub fn share(part: usize, whole: usize) -> Measured {
    (whole > 0).then(|| part as f64 / whole as f64)
}
