//! Which version says what changed.

use crate::rule::Bump;
use semver::Version;

/// The version that follows `base` for such a change. Before 1.0.0 a break is a minor version, as everywhere.
pub fn next(base: &Version, bump: Bump) -> Version {
    let (major, minor, patch) = (base.major, base.minor, base.patch);
    // What comes before a release is followed by the release.
    if !base.pre.is_empty() && bump <= Bump::Patch {
        return Version::new(major, minor, patch);
    }
    match (bump, major) {
        (Bump::None, _) => base.clone(),
        (Bump::Patch, _) | (Bump::Minor, 0) => Version::new(major, minor, patch + 1),
        (Bump::Minor, _) | (Bump::Major, 0) => Version::new(major, minor + 1, 0),
        (Bump::Major, _) => Version::new(major + 1, 0, 0),
    }
}

/// What is to be said of the version: what it should be at least, where it is lower.
pub fn too_low(base: &str, head: &str, bump: Bump) -> Option<Version> {
    let (base, head) = (Version::parse(base).ok()?, Version::parse(head).ok()?);
    let least = next(&base, bump);
    (head < least).then_some(least)
}

#[cfg(test)]
mod tests {
    use super::{next, too_low};
    use crate::rule::Bump::{Major, Minor, None, Patch};

    #[test]
    fn table() {
        for (base, bump, version) in [
            ("1.2.3", None, "1.2.3"),
            ("1.2.3", Patch, "1.2.4"),
            ("1.2.3", Minor, "1.3.0"),
            ("1.2.3", Major, "2.0.0"),
            ("0.2.3", Patch, "0.2.4"),
            ("0.2.3", Minor, "0.2.4"),
            ("0.2.3", Major, "0.3.0"),
            ("2.0.0-rc.1", Patch, "2.0.0"),
            ("2.0.0-rc.1", Major, "3.0.0"),
        ] {
            let base = base.parse().expect("a version");
            assert_eq!(next(&base, bump).to_string(), version, "{base} {bump:?}");
        }
        assert_eq!(
            too_low("1.2.3", "1.3.0", Major).map(|it| it.to_string()),
            Some("2.0.0".to_owned())
        );
        assert_eq!(too_low("1.2.3", "2.1.0", Major), Option::None);
        assert_eq!(too_low("today", "2.1.0", Major), Option::None);
    }
}
