//! Where in the Rust of a crate something of its declaration stands.
//!
//! The attribute knows better, but is not asked: a review runs where nothing is compiled but the crate itself. What is not found is shown at the
//! struct.

use crate::rust_keys::Keys;
use mcp_agent_codegen::diag::{Address, Step};
use mcp_agent_codegen::model::Agent;
use proc_macro2::Span;
use std::collections::HashMap;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Meta, Pat, PatType, ReturnType};

/// A place: the index of the file, line and column from 1.
type At = (usize, usize, usize);

/// A field or an argument: where it is, and the names in its type.
#[derive(Debug)]
struct Member {
    at: At,
    types: Vec<String>,
}

/// Members by their names, as [`plain`] has them.
type Members = HashMap<String, Member>;

/// A method that is an item.
struct Method {
    at: At,
    /// The keys of its attribute, and the index of its file.
    keys: (usize, Keys),
    arguments: Members,
    /// The names in the type that it answers with.
    answers: Vec<String>,
}

/// What stands where in the files of a crate.
#[derive(Default)]
pub struct RustPlaces<'f> {
    files: Vec<&'f str>,
    /// The struct that is the agent.
    agent: Option<At>,
    /// Its fields.
    fields: Members,
    /// The keys of the attributes on it and on its blocks, each with the index of its file.
    keys: Vec<(usize, Keys)>,
    methods: HashMap<String, Method>,
    /// Types, and their fields.
    types: HashMap<String, (At, Members)>,
}

impl<'f> RustPlaces<'f> {
    /// Looks through files, `(path, text)`. What does not parse has no places.
    pub fn read(files: &'f [(String, String)]) -> Self {
        let mut out = Self::default();
        for (index, (path, text)) in files.iter().enumerate() {
            out.files.push(path);
            if let Ok(file) = syn::parse_file(text) {
                Eye {
                    file: index,
                    places: &mut out,
                }
                .visit_file(&file);
            }
        }
        out
    }

    /// File, line and column of an address, or of what is around it.
    pub fn find(&self, address: &Address, agent: &Agent) -> Option<(&'f str, usize, usize)> {
        let found = self.at(address, agent);
        let (file, line, column) = found.or_else(|| self.key(address)).or(self.agent)?;
        Some((self.files.get(file)?, line, column))
    }

    fn at(&self, address: &Address, agent: &Agent) -> Option<At> {
        let part = |method: &str| self.part(self.methods.get(method)?, address);
        match address.names().as_slice() {
            ["state", "fields", rest @ ..] => self.within(&self.fields, rest),
            ["types", name, rest @ ..] => {
                let (at, fields) = self.types.get(*name)?;
                self.within(fields, rest).or(Some(*at))
            }
            ["tools", name, ..] => part(&agent.tools.iter().find(|it| it.name == *name)?.method),
            ["prompts", name, ..] => {
                part(&agent.prompts.iter().find(|it| it.name == *name)?.method)
            }
            ["resources", uri, ..] => {
                let mut all = agent.resources.iter();
                part(&all.find(|it| it.uri.as_str() == *uri)?.method)
            }
            _ => None,
        }
    }

    /// What an attribute on the struct or on a block says of it: the keys of `[server]` stand there by themselves.
    fn key(&self, address: &Address) -> Option<At> {
        let path = match address.steps() {
            [Step::Key(first), rest @ ..] if **first == *"server" => rest,
            path => path,
        };
        let mut all = self.keys.iter();
        all.find_map(|(file, keys)| Some(place(*file, keys.find(path)?)))
    }

    /// What is at `address` in a method, or the method.
    fn part(&self, method: &Method, address: &Address) -> Option<At> {
        let inside = match address.names().get(2..) {
            Some(["params", rest @ ..]) => self.within(&method.arguments, rest).or_else(|| {
                // One argument may be all that the tool is given.
                let mut all = method.arguments.values();
                all.find_map(|it| self.leads(&it.types, rest))
            }),
            Some(["output", rest @ ..]) => self.leads(&method.answers, rest),
            _ => {
                let (file, keys) = &method.keys;
                let path = address.steps().get(2..).unwrap_or_default();
                keys.find(path).map(|it| place(*file, it))
            }
        };
        inside.or(Some(method.at))
    }

    /// What `path` leads to from types of these names.
    fn leads(&self, types: &[String], path: &[&str]) -> Option<At> {
        let mut all = types.iter().filter_map(|it| self.types.get(it));
        all.find_map(|(_, fields)| self.within(fields, path))
    }

    /// The innermost member that `path` leads to, or the type that it is not in any more. Keys that are no members, as `items` and `fields`, are on
    /// the way.
    fn within(&self, members: &Members, path: &[&str]) -> Option<At> {
        let (first, rest) = path.split_first()?;
        let Some(member) = members.get(&plain(first)) else {
            return self.within(members, rest);
        };
        let is_inside = rest.iter().any(|it| !matches!(*it, "items" | "fields"));
        let mut types = member.types.iter().filter_map(|it| self.types.get(it));
        let around = || Some(types.next()?.0).filter(|_| is_inside);
        self.leads(&member.types, rest)
            .or_else(around)
            .or(Some(member.at))
    }
}

/// Goes through a file.
struct Eye<'e, 'f> {
    file: usize,
    places: &'e mut RustPlaces<'f>,
}

impl Eye<'_, '_> {
    fn members<'a>(&self, all: impl Iterator<Item = (&'a syn::Ident, &'a syn::Type)>) -> Members {
        let member = |(name, ty): (&syn::Ident, &syn::Type)| {
            let at = place(self.file, name.span());
            (
                plain(&name.unraw().to_string()),
                Member {
                    at,
                    types: names(ty),
                },
            )
        };
        all.map(member).collect()
    }

    fn fields(&self, fields: &syn::Fields) -> Members {
        self.members(
            fields
                .iter()
                .filter_map(|it| Some((it.ident.as_ref()?, &it.ty))),
        )
    }
}

fn place(file: usize, span: Span) -> At {
    let start = span.start();
    (file, start.line, start.column + 1)
}

/// A name that is alike in Rust and on the wire, however `serde` renames all: without case and what parts its words.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|it| !matches!(it, '_' | '-'));
    letters.flat_map(char::to_lowercase).collect()
}

/// The names in a type, from the outside in: `Vec` and `Line` of `Vec<shop::Line>`.
fn names(ty: &syn::Type) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'a> Visit<'a> for Names {
        fn visit_path(&mut self, path: &'a syn::Path) {
            self.0
                .extend(path.segments.last().map(|it| it.ident.to_string()));
            visit::visit_path(self, path);
        }
    }
    let mut names = Names(Vec::new());
    names.visit_type(ty);
    names.0
}

/// The keys of the first attribute of one of these names.
fn keys(attributes: &[Attribute], names: &[&str]) -> Option<Keys> {
    let is_named = |it: &&Attribute| {
        let last = it.path().segments.last();
        last.is_some_and(|it| names.iter().any(|name| it.ident == name))
    };
    let attribute = attributes.iter().find(is_named)?;
    Some(match &attribute.meta {
        Meta::List(list) => Keys::read(list.tokens.clone()),
        Meta::Path(_) | Meta::NameValue(_) => Keys::default(),
    })
}

impl<'a> Visit<'a> for Eye<'_, '_> {
    fn visit_item_struct(&mut self, it: &'a syn::ItemStruct) {
        let (at, fields) = (place(self.file, it.ident.span()), self.fields(&it.fields));
        let keys = keys(&it.attrs, &["mcp_agent"]);
        if let (Some(keys), None) = (keys, self.places.agent) {
            self.places.agent = Some(at);
            self.places.fields = fields;
            self.places.keys.push((self.file, keys));
        } else {
            self.places.types.insert(it.ident.to_string(), (at, fields));
        }
    }

    fn visit_item_enum(&mut self, it: &'a syn::ItemEnum) {
        let at = place(self.file, it.ident.span());
        let fields = it.variants.iter().map(|it| self.fields(&it.fields));
        let fields = fields.flatten().collect();
        self.places.types.insert(it.ident.to_string(), (at, fields));
    }

    fn visit_item_impl(&mut self, it: &'a syn::ItemImpl) {
        let keys = keys(&it.attrs, &["mcp_agent"]);
        self.places.keys.extend(keys.map(|it| (self.file, it)));
        visit::visit_item_impl(self, it);
    }

    fn visit_impl_item_fn(&mut self, it: &'a syn::ImplItemFn) {
        if let Some(keys) = keys(&it.attrs, &["tool", "resource", "prompt"]) {
            let argument = |it: &'a FnArg| match it {
                FnArg::Typed(PatType { pat, ty, .. }) => match &**pat {
                    Pat::Ident(name) => Some((&name.ident, &**ty)),
                    _ => None,
                },
                FnArg::Receiver(_) => None,
            };
            let method = Method {
                at: place(self.file, it.sig.ident.span()),
                keys: (self.file, keys),
                arguments: self.members(it.sig.inputs.iter().filter_map(argument)),
                answers: match &it.sig.output {
                    ReturnType::Type(_, ty) => names(ty),
                    ReturnType::Default => Vec::new(),
                },
            };
            let name = it.sig.ident.unraw().to_string();
            self.places.methods.insert(name, method);
        }
        visit::visit_impl_item_fn(self, it);
    }
}

#[cfg(test)]
mod tests {
    use super::RustPlaces;
    use mcp_agent_codegen::diag::Address;
    use mcp_agent_codegen::{Files, Source, load};

    struct None;

    impl Files for None {
        fn read(&self, _: &str) -> Result<Vec<u8>, String> {
            Err("no such file".to_owned())
        }
    }

    #[test]
    fn items_and_their_arguments_are_found() {
        let text = "use mcp_agent::prelude::*;\n\n#[mcp_agent(name = \"a\", version = \"1.0.0\")]\npub struct Shop {\n    total: i64,\n}\n\n#[mcp_agent]\nimpl Shop {\n    /// Adds.\n    #[tool]\n    fn add(&mut self, r#type: i64) -> i64 {\n        self.total\n    }\n}\n\nstruct Line {\n    sku: String,\n}\n";
        let files = [("src/lib.rs".to_owned(), text.to_owned())];
        let places = RustPlaces::read(&files);
        let declared = "schema_version = 1\n[server]\nname = \"a\"\nversion = \"1.0.0\"\n[tools.add]\ndescription = \"Adds.\"\nparams.type = \"integer\"\n";
        let source = Source {
            name: "mcp.toml",
            text: declared,
        };
        let loaded =
            load(source, &None).unwrap_or_else(|report| panic!("{}", report.render(source, false)));
        for (path, place) in [
            (&["tools", "add"][..], (12, 8)),
            (&["tools", "add", "description"], (12, 8)),
            (&["tools", "add", "params", "type"], (12, 23)),
            (&["tools", "gone"], (4, 12)),
            (&["state", "fields", "total"], (5, 5)),
            (&["types", "Line", "fields", "sku"], (18, 5)),
            (&["server", "version"], (3, 25)),
        ] {
            let address = Address::root().keys(path.iter().copied());
            assert_eq!(
                places.find(&address, &loaded.agent),
                Some(("src/lib.rs", place.0, place.1)),
                "{address}"
            );
        }
    }
}
