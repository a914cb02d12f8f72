//! Front ends: a declaration in some form becomes [`raw::Raw`]. They translate, and never judge.

pub mod raw;
pub mod toml;

/// The one of `known` that `name` was probably meant to be.
pub(crate) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = name.to_ascii_lowercase();
    let longest = name.len().max(3);
    known
        .iter()
        .map(|key| {
            (
                strsim::damerau_levenshtein(&lower, &key.to_ascii_lowercase()),
                *key,
            )
        })
        .filter(|(distance, _)| *distance <= longest / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, key)| key)
}
