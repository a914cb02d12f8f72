//! A review, told: to people in a terminal, in a pull request, and to programs.

mod github;
mod human;
mod json;
mod markdown;

use crate::judge::Finding;
use crate::review::{Review, Weighed};
use crate::rule::{Rule, Severity};

pub use github::github;
pub use human::{findings, human};
pub use json::{finding, json};
pub use markdown::{MARK, markdown};

/// Where a finding is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as people name it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// What a review is of.
#[derive(Clone, Debug)]
pub struct Told<'r> {
    /// The review.
    pub review: &'r Review,
    /// What was compared with: `main`, `https://…`.
    pub base: String,
    /// The name of the server.
    pub name: String,
    /// Where each finding is, one for one with [`Review::found`]; `None` where nobody knows.
    pub places: Vec<Option<Place>>,
}

impl Told<'_> {
    /// The findings with their places.
    fn all(&self) -> impl Iterator<Item = (&Weighed, Option<&Place>)> {
        let places = self.places.iter().map(Option::as_ref);
        self.review
            .found
            .iter()
            .zip(places.chain(std::iter::repeat(None)))
    }

    /// What it comes to, in a line.
    fn verdict(&self) -> String {
        let review = self.review;
        if !review.differs && review.found.is_empty() && review.additions.is_empty() {
            return format!("nothing changed since {}", self.base);
        }
        let mut parts = Vec::new();
        for (severity, noun) in [(Severity::Error, "error"), (Severity::Warn, "warning")] {
            match review.count(severity) {
                0 => {}
                1 => parts.push(format!("1 {noun}")),
                count => parts.push(format!("{count} {noun}s")),
            }
        }
        if parts.is_empty() {
            parts.push("nothing breaks".to_owned());
        }
        format!("{} since {}", parts.join(", "), self.base)
    }

    /// What is to be said of the version.
    fn version(&self) -> Option<String> {
        let review = self.review;
        let next = review.next.as_ref()?;
        let (before, now) = &review.versions;
        if review.bump == crate::rule::Bump::None {
            return None;
        }
        let bump = review.bump.as_str();
        let too_low = review
            .found
            .iter()
            .any(|it| it.finding.rule == Rule::VersionTooLow);
        Some(if too_low {
            format!("a {bump} change of {before}: make it {next}, it is {now}")
        } else {
            format!("a {bump} change of {before}, which is {now} now")
        })
    }
}

/// Whom a finding touches, where its own item does not say it: those that have a type.
fn others(finding: &Finding) -> Option<String> {
    let of_type = finding.address.names().first() == Some(&"types");
    (of_type || finding.users.len() > 1).then(|| finding.users.join(", "))
}

/// The findings of one weight that are not allowed.
fn open<'t>(
    told: &'t Told<'_>,
    severity: Severity,
) -> impl Iterator<Item = (&'t Weighed, Option<&'t Place>)> {
    told.all()
        .filter(move |(it, _)| it.allowed.is_none() && it.severity == severity)
}
