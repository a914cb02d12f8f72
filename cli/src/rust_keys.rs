//! Where the keys of an attribute stand.

use mcp_agent_codegen::diag::Step;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// The keys between the brackets of an attribute, in their order: `key = value`, `key(…)` with keys in it, `key = { … }`, and `key` alone.
#[derive(Default)]
pub struct Keys(Vec<Key>);

struct Key {
    name: String,
    span: Span,
    inside: Keys,
}

impl Keys {
    /// Reads them. What is no key has no place.
    pub fn read(tokens: TokenStream) -> Self {
        let mut keys = Vec::new();
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            let name = match &token {
                TokenTree::Ident(name) => name.to_string(),
                TokenTree::Literal(text) => text.to_string().trim_matches('"').to_owned(),
                _ => continue,
            };
            let mut inside = Self::default();
            let rest = std::iter::from_fn(|| tokens.next_if(|it| !is_comma(it)));
            for token in rest {
                if let TokenTree::Group(group) = token
                    && group.delimiter() != Delimiter::Bracket
                {
                    inside = Self::read(group.stream());
                }
            }
            keys.push(Key {
                name,
                span: token.span(),
                inside,
            });
        }
        Self(keys)
    }

    /// The innermost key that `path` leads to. Keys of one name, as `allow(…), allow(…)`, are items of an array.
    pub fn find(&self, path: &[Step]) -> Option<Span> {
        let (Step::Key(name), rest) = path.split_first()? else {
            return None;
        };
        let mut all = self.0.iter().filter(|it| *it.name == **name);
        let (key, rest) = match rest.split_first() {
            Some((Step::Index(index), rest)) => (all.nth(*index)?, rest),
            _ => (all.next()?, rest),
        };
        key.inside.find(rest).or(Some(key.span))
    }
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(it) if it.as_char() == ',')
}
