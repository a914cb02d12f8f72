//! Where in the Rust of a crate something of its declaration stands.
//!
//! The attribute knows better, but is not asked: a review runs where nothing is compiled but the crate itself. What is not found is shown at the
//! struct.

use mcp_agent_codegen::diag::Address;
use mcp_agent_codegen::model::Agent;
use proc_macro2::Span;
use std::collections::HashMap;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Pat};

/// A place: the index of the file, line and column from 1.
type At = (usize, usize, usize);

/// What stands where in the files of a crate.
#[derive(Default)]
pub struct RustPlaces<'f> {
    files: Vec<&'f str>,
    /// The struct that is the agent.
    agent: Option<At>,
    /// Methods that are items, and their arguments.
    methods: HashMap<String, (At, HashMap<String, At>)>,
    /// Types, and their fields.
    types: HashMap<String, (At, HashMap<String, At>)>,
    /// The agent's fields.
    fields: HashMap<String, At>,
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
        let (file, line, column) = self.at(&address.names(), agent).or(self.agent)?;
        Some((self.files.get(file)?, line, column))
    }

    fn at(&self, path: &[&str], agent: &Agent) -> Option<At> {
        let inside = |(whole, parts): &(At, HashMap<String, At>), name: Option<&&str>| {
            name.and_then(|it| parts.get(*it))
                .copied()
                .unwrap_or(*whole)
        };
        match path {
            ["state", "fields", name, ..] => self.fields.get(*name).copied(),
            ["types", name, rest @ ..] => Some(inside(self.types.get(*name)?, rest.get(1))),
            [table @ ("tools" | "resources" | "prompts"), name, rest @ ..] => {
                let method = match *table {
                    "tools" => &agent.tools.iter().find(|it| it.name == *name)?.method,
                    "prompts" => &agent.prompts.iter().find(|it| it.name == *name)?.method,
                    _ => {
                        let mut all = agent.resources.iter();
                        &all.find(|it| it.uri.as_str() == *name)?.method
                    }
                };
                let is_param = rest.first() == Some(&"params");
                Some(inside(
                    self.methods.get(method)?,
                    rest.get(1).filter(|_| is_param),
                ))
            }
            _ => None,
        }
    }
}

/// Goes through a file.
struct Eye<'e, 'f> {
    file: usize,
    places: &'e mut RustPlaces<'f>,
}

impl Eye<'_, '_> {
    fn place(&self, span: Span) -> At {
        let start = span.start();
        (self.file, start.line, start.column + 1)
    }

    fn fields(&self, fields: &syn::Fields) -> HashMap<String, At> {
        let named = fields.iter().filter_map(|it| it.ident.as_ref());
        named.map(|it| (plain(it), self.place(it.span()))).collect()
    }
}

/// A name as it is on the wire.
fn plain(name: &syn::Ident) -> String {
    let name = name.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

fn has(attributes: &[Attribute], names: &[&str]) -> bool {
    let last = |it: &Attribute| it.path().segments.last().map(|it| it.ident.to_string());
    attributes
        .iter()
        .filter_map(last)
        .any(|it| names.contains(&it.as_str()))
}

impl<'a> Visit<'a> for Eye<'_, '_> {
    fn visit_item_struct(&mut self, it: &'a syn::ItemStruct) {
        let (at, fields) = (self.place(it.ident.span()), self.fields(&it.fields));
        if has(&it.attrs, &["mcp_agent"]) && self.places.agent.is_none() {
            self.places.agent = Some(at);
            self.places.fields = fields;
        } else {
            self.places.types.insert(plain(&it.ident), (at, fields));
        }
    }

    fn visit_item_enum(&mut self, it: &'a syn::ItemEnum) {
        let at = self.place(it.ident.span());
        self.places
            .types
            .insert(plain(&it.ident), (at, HashMap::new()));
    }

    fn visit_impl_item_fn(&mut self, it: &'a syn::ImplItemFn) {
        if has(&it.attrs, &["tool", "resource", "prompt"]) {
            let arguments = it.sig.inputs.iter().filter_map(|argument| match argument {
                FnArg::Typed(argument) => match &*argument.pat {
                    Pat::Ident(name) => Some((plain(&name.ident), self.place(argument.span()))),
                    _ => None,
                },
                FnArg::Receiver(_) => None,
            });
            let entry = (self.place(it.sig.ident.span()), arguments.collect());
            self.places.methods.insert(plain(&it.sig.ident), entry);
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
            (&["server", "version"], (4, 12)),
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
