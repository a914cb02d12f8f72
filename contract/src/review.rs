//! What a comparison comes to, as `[review]` asks.

use crate::contract::Contract;
use crate::judge::{Comparison, Finding, compare};
use crate::lint::{TOKENS, estimate, lint};
use crate::rule::{Bump, Category, Rule, Severity};
use crate::version;
use mcp_agent_codegen::diag::Address;
use mcp_agent_codegen::model::{Allow, Review as Policy, ReviewLevel, ReviewSeverity};
use semver::Version;

/// A finding, and how it weighs.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// What was found.
    pub finding: Finding,
    /// How it weighs; never [`Severity::Off`].
    pub severity: Severity,
    /// Why it is allowed, where an exception allows it. It weighs nothing then.
    pub allowed: Option<String>,
}

/// What a comparison comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Review {
    /// What was found, the heaviest first, in the order of the declaration.
    pub found: Vec<Weighed>,
    /// What came and breaks nobody.
    pub additions: Vec<String>,
    /// Whether anything differs at all.
    pub differs: bool,
    /// The versions of the server: before, now.
    pub versions: (String, String),
    /// How much of a version the change asks for.
    pub bump: Bump,
    /// The version that says so; `None` where the one before is none.
    pub next: Option<Version>,
    /// About how many tokens `tools/list` is for a model, before and now.
    pub tokens: (u64, u64),
}

impl Review {
    /// Whether something fails the review.
    pub fn fails(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many findings weigh so, without those that are allowed.
    pub fn count(&self, severity: Severity) -> usize {
        let open = self.found.iter().filter(|it| it.allowed.is_none());
        open.filter(|it| it.severity == severity).count()
    }
}

/// Compares and lints, and weighs what is found.
pub fn review(base: &Contract, head: &Contract, policy: &Policy) -> Review {
    let comparison = compare(base, head);
    let bump = comparison.bump();
    let Comparison {
        mut findings,
        additions,
        differs,
    } = comparison;
    findings.extend(lints(head, policy));
    let versions = (base.server.version.clone(), head.server.version.clone());
    if let Some(least) = version::too_low(&versions.0, &versions.1, bump) {
        findings.push(too_low(&versions, &least, bump));
    }
    let mut out = Review {
        found: weigh(findings, policy, &head.server.version),
        additions,
        differs,
        bump,
        next: Version::parse(&versions.0)
            .ok()
            .map(|it| version::next(&it, bump)),
        tokens: (estimate(base), estimate(head)),
        versions,
    };
    out.found.sort_by(|a, b| {
        let key = |it: &Weighed| (it.allowed.is_some(), std::cmp::Reverse(it.severity));
        key(a).cmp(&key(b))
    });
    out
}

/// What is wrong with a contract by itself, weighed.
pub fn check(head: &Contract, policy: &Policy) -> Vec<Weighed> {
    let mut found = weigh(lints(head, policy), policy, &head.server.version);
    // Without a base, nobody can say whether an exception still allows something.
    found.retain(|it| it.finding.rule != Rule::AllowUnused);
    found
}

fn lints(head: &Contract, policy: &Policy) -> Vec<Finding> {
    lint(head, policy.tokens.unwrap_or(TOKENS))
}

fn too_low((before, now): &(String, String), least: &Version, bump: Bump) -> Finding {
    let from = if before == now {
        "still ".to_owned()
    } else {
        String::new()
    };
    Finding {
        rule: Rule::VersionTooLow,
        address: Address::root().key("server").key("version"),
        home: Address::root().key("server"),
        item: "[server]".to_owned(),
        message: format!(
            "the version is {from}{now}, and this is a {} change of {before}: {least}",
            bump.as_str()
        ),
        texts: None,
        users: Vec::new(),
    }
}

/// How a rule weighs.
fn severity(rule: Rule, policy: &Policy) -> Severity {
    let said = policy.severity.iter().find(|(id, _)| id == rule.id());
    if let Some((_, said)) = said {
        return match said {
            ReviewSeverity::Off => Severity::Off,
            ReviewSeverity::Warn => Severity::Warn,
            ReviewSeverity::Error => Severity::Error,
        };
    }
    let beyond = match rule.category() {
        Category::Contract => policy.level < ReviewLevel::Contract,
        Category::Behaviour => policy.level < ReviewLevel::Behaviour,
        _ => false,
    };
    if beyond {
        Severity::Note
    } else {
        rule.severity()
    }
}

fn weigh(findings: Vec<Finding>, policy: &Policy, version: &str) -> Vec<Weighed> {
    let mut used = vec![false; policy.allow.len()];
    let mut out = Vec::new();
    for finding in findings {
        let severity = severity(finding.rule, policy);
        let mut allowed = None;
        for (allow, used) in policy.allow.iter().zip(&mut used) {
            if allow.rule == finding.rule.id() && is_inside(&finding.address, &allow.at) {
                *used = true;
                if !is_over(allow, version) {
                    allowed = allowed.or(Some(allow.why.clone()));
                }
            }
        }
        if severity != Severity::Off {
            out.push(Weighed {
                finding,
                severity,
                allowed,
            });
        }
    }
    for (index, (allow, used)) in policy.allow.iter().zip(used).enumerate() {
        let (rule, message) = match (used, is_over(allow, version)) {
            (true, true) => (
                Rule::AllowExpired,
                format!(
                    "{} at `{}` was allowed until {}, and this is {version}",
                    allow.rule,
                    allow.at,
                    allow.until.as_deref().unwrap_or_default()
                ),
            ),
            (false, _) => (
                Rule::AllowUnused,
                format!("there is no {} at `{}`", allow.rule, allow.at),
            ),
            (true, false) => continue,
        };
        let severity = severity(rule, policy);
        if severity != Severity::Off {
            out.push(Weighed {
                finding: Finding {
                    rule,
                    address: Address::root().key("review").key("allow").index(index),
                    home: Address::root().key("review"),
                    item: "[review]".to_owned(),
                    message,
                    texts: None,
                    users: Vec::new(),
                },
                severity,
                allowed: None,
            });
        }
    }
    out
}

/// Whether an address is `at` or inside it.
fn is_inside(address: &Address, at: &str) -> bool {
    let mut around = Some(address.clone());
    while let Some(place) = around {
        if place.to_string() == at {
            return true;
        }
        around = place.parent();
    }
    false
}

/// Whether the version from which on an exception does not hold has come.
fn is_over(allow: &Allow, version: &str) -> bool {
    let reached = || {
        let until = Version::parse(allow.until.as_deref()?).ok()?;
        Some(Version::parse(version).ok()? >= until)
    };
    reached().unwrap_or(false)
}
