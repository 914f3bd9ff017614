//! `install --ci`: a job that judges every merge request, for whoever runs it to put in place.

use crate::app::Answer;

/// Who runs the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Github,
    Gitlab,
}

impl Service {
    pub const ALL: [Self; 2] = [Self::Github, Self::Gitlab];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.as_str() == text)
    }

    const fn job(self) -> &'static str {
        match self {
            Self::Github => include_str!("github.yml"),
            Self::Gitlab => include_str!("gitlab.yml"),
        }
    }
}

/// Only printed: a change of what runs with the project's credentials is a person's to commit.
#[must_use]
pub fn ci(service: Service) -> Answer {
    Answer::passing(service.job().replace("VERSION", env!("CARGO_PKG_VERSION")))
}
