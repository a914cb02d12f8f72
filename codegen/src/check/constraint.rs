//! Constraints of a type.

use super::Cx;
use super::member::list;
use crate::diag::{Address, Code};
use crate::model::{FORMATS, StringType, Type};
use crate::read::raw::RawMember;
use serde_json::Number;

/// A constraint stands on a type that it can hold for; elsewhere it would promise what nobody checks. An `enum` is a whole
/// constraint of its own.
pub(super) fn check_places(cx: &mut Cx<'_>, at: &Address, ty: &str, raw: &RawMember) {
    let is_enum = ty == "string" && raw.variants.is_some();
    let keys: [(&str, bool, &[&str]); 11] = [
        ("enum", raw.variants.is_some(), &["string"]),
        ("minimum", raw.minimum.is_some(), &["integer", "number"]),
        ("maximum", raw.maximum.is_some(), &["integer", "number"]),
        ("min_length", raw.min_length.is_some(), &["string"]),
        ("max_length", raw.max_length.is_some(), &["string"]),
        ("pattern", raw.pattern.is_some(), &["string"]),
        ("format", raw.format.is_some(), &["string"]),
        ("items", raw.items.is_some(), &["array"]),
        ("min_items", raw.min_items.is_some(), &["array"]),
        ("max_items", raw.max_items.is_some(), &["array"]),
        ("fields", raw.fields.is_some(), &["object"]),
    ];
    for (key, present, types) in keys {
        if !present {
            continue;
        }
        if !types.contains(&ty) {
            let instead = match (ty, key) {
                ("string", "minimum") => "`min_length` bounds the length of a string".to_owned(),
                ("string", "maximum") => "`max_length` bounds the length of a string".to_owned(),
                ("array", "min_length" | "minimum") => {
                    "`min_items` bounds the length of an array".to_owned()
                }
                ("array", "max_length" | "maximum") => {
                    "`max_items` bounds the length of an array".to_owned()
                }
                ("integer" | "number", "min_length") => "`minimum` bounds a number".to_owned(),
                ("integer" | "number", "max_length") => "`maximum` bounds a number".to_owned(),
                _ => format!("`{key}` belongs to {}", list(types)),
            };
            cx.report(
                Code::MisplacedConstraint,
                &at.key(key),
                format!("`{key}` does not belong to the type `{ty}`"),
            )
            .at_key()
            .help(instead);
        } else if is_enum && key != "enum" {
            cx.report(
                Code::MisplacedConstraint,
                &at.key(key),
                format!("`{key}` says nothing about an `enum`"),
            )
            .at_key()
            .help(format!("leave `{key}` out: an `enum` lists its values"));
        }
    }
}

pub(super) fn check_string(cx: &mut Cx<'_>, at: &Address, raw: &RawMember) -> Type {
    if let Some(values) = &raw.variants {
        check_enum(cx, &at.key("enum"), values);
        // Values that are refused are not there for the rules that follow.
        return if values.is_empty() {
            Type::Any
        } else {
            Type::Enum(values.clone())
        };
    }
    let (min_length, max_length) = check_counts(
        cx,
        at,
        [
            ("min_length", raw.min_length),
            ("max_length", raw.max_length),
        ],
    );
    let pattern = raw
        .pattern
        .clone()
        .filter(|pattern| check_pattern(cx, &at.key("pattern"), pattern));
    let format = raw
        .format
        .clone()
        .filter(|format| check_format(cx, &at.key("format"), format));
    Type::String(StringType {
        min_length,
        max_length,
        pattern,
        format,
    })
}

/// An enum has a value, and each of its values once.
fn check_enum(cx: &mut Cx<'_>, at: &Address, values: &[String]) {
    if values.is_empty() {
        cx.report(
            Code::EmptyEnum,
            at,
            "an `enum` without values can hold nothing",
        )
        .help("enum = [\"one\", \"two\"]");
    }
    for (index, value) in values.iter().enumerate() {
        if let Some(first) = values[..index].iter().position(|earlier| earlier == value) {
            cx.report(
                Code::DuplicateVariant,
                &at.index(index),
                format!("`{value}` is listed twice"),
            )
            .related(at.index(first), "first listed here")
            .help("keep one of them");
        }
    }
}

pub(super) fn check_integer(cx: &mut Cx<'_>, at: &Address, raw: &RawMember) -> Type {
    let minimum = whole(cx, &at.key("minimum"), raw.minimum.as_ref(), f64::ceil);
    let maximum = whole(cx, &at.key("maximum"), raw.maximum.as_ref(), f64::floor);
    check_range(cx, at, ["minimum", "maximum"], minimum, maximum);
    Type::Integer { minimum, maximum }
}

pub(super) fn check_number(cx: &mut Cx<'_>, at: &Address, raw: &RawMember) -> Type {
    let (minimum, maximum) = (
        raw.minimum.as_ref().and_then(Number::as_f64),
        raw.maximum.as_ref().and_then(Number::as_f64),
    );
    check_range(cx, at, ["minimum", "maximum"], minimum, maximum);
    Type::Number { minimum, maximum }
}

/// The bounds of an integer are integers: it cannot reach another.
fn whole(
    cx: &mut Cx<'_>,
    at: &Address,
    bound: Option<&Number>,
    round: fn(f64) -> f64,
) -> Option<i64> {
    let bound = bound?;
    let whole = bound.as_i64();
    if whole.is_none() {
        let help = bound
            .as_f64()
            .map(round)
            .filter(|f| f.abs() < 1e15)
            .map(|f| format!("write `{f}`, or make it a `number`"));
        let diagnostic = cx.report(
            Code::BadBound,
            at,
            format!("the bound `{bound}` of an integer is no integer"),
        );
        diagnostic.help(help.unwrap_or_else(|| "type = \"number\"".into()));
    }
    whole
}

/// Lengths and counts are from 0 on.
pub(super) fn check_counts(
    cx: &mut Cx<'_>,
    at: &Address,
    bounds: [(&str, Option<i64>); 2],
) -> (Option<u64>, Option<u64>) {
    let [least, most] = bounds.map(|(key, bound)| {
        let bound = bound?;
        let count = u64::try_from(bound).ok();
        if count.is_none() {
            cx.report(Code::BadBound, &at.key(key), format!("`{key}` is negative"))
                .help(format!("{key} = 0"));
        }
        count
    });
    check_range(cx, at, bounds.map(|(key, _)| key), least, most);
    (least, most)
}

/// The least is not above the most: nothing would be legal.
fn check_range<T: PartialOrd + std::fmt::Display>(
    cx: &mut Cx<'_>,
    at: &Address,
    keys: [&str; 2],
    least: Option<T>,
    most: Option<T>,
) {
    let (Some(least), Some(most)) = (least, most) else {
        return;
    };
    if least > most {
        let [low, high] = keys;
        cx.report(
            Code::EmptyRange,
            &at.key(high),
            format!("`{low}` {least} is above `{high}` {most}"),
        )
        .related(at.key(low), "the lower bound")
        .help(format!("{low} = {most}, {high} = {least}"));
    }
}

/// A pattern means the same to every client that reads the schema, and is matched in linear time here: the common subset of
/// ECMA-262 and linear engines, without look-around, back-references, inline flags and classes of other dialects.
fn check_pattern(cx: &mut Cx<'_>, at: &Address, pattern: &str) -> bool {
    match pattern_problem(pattern) {
        Some((what, help)) => {
            cx.report(
                Code::BadPattern,
                at,
                format!("`{pattern}` is not a pattern that can be enforced: {what}"),
            )
            .help(help);
            false
        }
        None => true,
    }
}

/// What keeps `pattern` from being enforced, and what to do.
pub(super) fn pattern_problem(pattern: &str) -> Option<(String, &'static str)> {
    if let Some(found) = ["(?=", "(?!", "(?<=", "(?<!"]
        .iter()
        .find(|group| pattern.contains(**group))
    {
        return Some((
            format!("`{found}…)` looks around"),
            "say what the text is, not what is near it; or check it in the handler",
        ));
    }
    if let Some(found) = foreign(pattern) {
        return Some((
            format!("`{found}` is not known to all clients"),
            "write a regular expression as JavaScript has it",
        ));
    }
    match regex_lite::Regex::new(pattern) {
        Ok(_) => None,
        Err(error) => Some((
            error.to_string(),
            "in TOML, a pattern stands best in single quotes: `'^\\d+$'`",
        )),
    }
}

/// Syntax that our engine has and JavaScript does not, or means differently.
fn foreign(pattern: &str) -> Option<String> {
    let bytes = pattern.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => {
                let next = pattern[i + 1..].chars().next()?;
                if "AzaUuxpP<>".contains(next) && !matches!(next, 'x' | 'u')
                    || next.is_ascii_digit()
                {
                    return Some(format!("\\{next}"));
                }
                i += 1 + next.len_utf8();
            }
            b'(' if pattern[i..].starts_with("(?") && !pattern[i..].starts_with("(?:") => {
                let named = pattern[i..].starts_with("(?<");
                if !named {
                    return Some(pattern[i..].chars().take(3).collect());
                }
                i += 3;
            }
            b'[' if pattern[i..].starts_with("[[:") => return Some("[[:…:]]".into()),
            _ => i += 1,
        }
    }
    None
}

/// A format that is declared is enforced, so that it is one of those that are known.
fn check_format(cx: &mut Cx<'_>, at: &Address, format: &str) -> bool {
    let known = FORMATS.contains(&format);
    if !known {
        let alias = match format {
            "datetime" | "timestamp" => Some("date-time"),
            "url" => Some("uri"),
            "ip" => Some("ipv4"),
            _ => crate::read::nearest(format, &FORMATS),
        };
        let meant = alias.map_or_else(String::new, |alias| format!("did you mean `{alias}`? "));
        cx.report(
            Code::UnknownFormat,
            at,
            format!("unknown format `{format}`"),
        )
        .help(format!("{meant}the formats are {}", list(&FORMATS)));
    }
    known
}
