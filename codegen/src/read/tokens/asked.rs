//! What an impl block asks of callers: scopes and roles, or that somebody knows who they are. The struct declares them, and a block does not
//! see the struct.

use super::args::{Args, Value};
use crate::check::is_scope;
use crate::diag::quoted;
use proc_macro2::Span;

/// What one item asks.
pub struct Asked {
    /// Where it does.
    pub span: Span,
    /// The scopes, and where each stands.
    pub scopes: Vec<(String, Span)>,
    /// The roles.
    pub roles: Vec<(String, Span)>,
}

impl Asked {
    /// An item that asks for nothing but to know who asks.
    pub fn at(span: Span) -> Self {
        Self {
            span,
            scopes: Vec::new(),
            roles: Vec::new(),
        }
    }

    /// What `requires(…)` says. What is wrong with it, is for the reader of declarations to say.
    pub fn of(args: &Args) -> Option<Self> {
        let arg = args.0.iter().find(|it| it.key == "requires")?;
        let Value::Table(requires, _) = &arg.value else {
            return None;
        };
        let words = |key: &str| {
            let arg = requires.0.iter().find(|it| it.key == key);
            let items = match arg.map(|it| &it.value) {
                Some(Value::Array(items, _)) => items.as_slice(),
                _ => &[],
            };
            let words = items.iter().filter_map(|item| match item {
                Value::String(word, span) => Some((word.clone(), *span)),
                _ => None,
            });
            words.collect::<Vec<_>>()
        };
        Some(Self {
            span: arg.span,
            scopes: words("scopes"),
            roles: words("roles"),
        })
    }
}

/// An `[auth]` that has all of it, so that a block can be judged on its own.
pub fn made_up(asked: &[Asked]) -> String {
    if asked.is_empty() {
        return String::new();
    }
    let mut out = "[auth]\nmode = \"resource\"\nissuer = \"https://id.example.com/\"\n".to_owned();
    let mut table = |name: &str, words: Vec<&String>, value: &str| {
        out.push_str(&format!("[auth.{name}]\n"));
        for (at, word) in words.iter().enumerate() {
            if !words[..at].contains(word) {
                out.push_str(&format!("{} = {value}\n", quoted(word)));
            }
        }
    };
    let scopes = asked.iter().flat_map(|it| &it.scopes).map(|(it, _)| it);
    table(
        "scopes",
        scopes.filter(|it| is_scope(it)).collect(),
        "\"any\"",
    );
    let roles = asked.iter().flat_map(|it| &it.roles).map(|(it, _)| it);
    table("roles", roles.collect(), "{ claim = \"any\", equals = 1 }");
    out
}
