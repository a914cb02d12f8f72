//! Front ends: a declaration in some form becomes [`raw::Raw`]. They translate, and never judge.

pub mod raw;
pub mod tokens;
pub mod toml;

/// The one of `known` that `name` was probably meant to be: a slip of the keyboard away, or the longer or shorter form of it.
pub fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = name.to_ascii_lowercase();
    let farthest = name.len().max(3) / 3;
    let distance = |key: &str| {
        let key = key.to_ascii_lowercase();
        let short = key.len().min(lower.len());
        let form = short >= 3 && (key.starts_with(&lower) || lower.starts_with(&key));
        let distance = strsim::damerau_levenshtein(&lower, &key);
        (form || distance <= farthest).then_some(distance)
    };
    known
        .iter()
        .filter_map(|key| Some((distance(key)?, *key)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, key)| key)
}
