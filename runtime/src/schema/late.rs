//! Tools whose JSON is completed when it is first needed.

use super::{Make, canonical};
use crate::agent::Agent;
use mcp_agent_protocol::{Catalog, Item};
use schemars::SchemaGenerator;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::sync::OnceLock;

/// A tool whose schemas only the compiler knows.
#[derive(Clone, Copy, Debug)]
pub struct Late {
    /// Its name.
    pub name: &'static str,
    /// Its JSON as it is listed, in pieces.
    pub json: &'static [Piece],
    /// Defaults of types of the user's: the argument's name, and why it does not fit.
    #[cfg(not(target_arch = "wasm32"))]
    pub defaults: &'static [(&'static str, fn() -> Option<String>)],
    /// Where it is declared: file, line and column.
    #[cfg(not(target_arch = "wasm32"))]
    pub place: (&'static str, u32, u32),
}

impl Late {
    /// None.
    pub const EMPTY: Self = Self {
        name: "",
        json: &[],
        #[cfg(not(target_arch = "wasm32"))]
        defaults: &[],
        #[cfg(not(target_arch = "wasm32"))]
        place: ("", 0, 0),
    };
}

/// A piece of such JSON.
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// As it is.
    Text(&'static str),
    /// An argument's schema, with the members that its declaration adds, which are a JSON object.
    Type(Make, &'static str),
    /// What the schemas since the last of these refer to: `,"$defs":{…}`, or nothing.
    Definitions,
    /// The schema of a type that has all arguments.
    Params(Make),
    /// `,"outputSchema":{…}` of a type; nothing where it is not of an object, as structured content is to be.
    Output(Option<Make>),
}

/// A catalog that is completed at its first use.
pub type Whole = OnceLock<Catalog>;

/// The catalog of an agent, with every schema in it.
pub fn whole<A: Agent>(known: &'static Whole) -> Catalog {
    // Known when it is compiled: an agent without such tools has none of this in its program.
    if const { A::LATE.is_empty() } {
        return A::CATALOG;
    }
    *known.get_or_init(|| {
        let complete = |item: &Item| match A::LATE.iter().find(|it| it.name == item.name) {
            Some(late) => late.complete(item),
            None => *item,
        };
        let tools: Vec<Item> = A::CATALOG.tools.iter().map(complete).collect();
        Catalog {
            tools: tools.leak(),
            ..A::CATALOG
        }
    })
}

/// What is wrong with the types of an agent, each with its place: `src/lib.rs:12:5: …`.
#[cfg(not(target_arch = "wasm32"))]
pub fn problems<A: Agent>() -> Vec<String> {
    let mut out = Vec::new();
    for late in A::LATE {
        let (file, line, column) = late.place;
        let place = format!("{file}:{line}:{column}: tool `{}`", late.name);
        for (argument, default) in late.defaults {
            let wrong = default();
            out.extend(
                wrong.map(|it| format!("{place}: the default of `{argument}` does not fit: {it}")),
            );
        }
        out.extend(late.wrong().map(|wrong| format!("{place}: {wrong}")));
    }
    out
}

const NO_PARAMS: &str = "its one argument is no struct, and the arguments of a tool are an object: write `#[param]` before it to make it one argument of that object";

impl Late {
    fn complete(&self, item: &Item) -> Item {
        let mut text = String::new();
        let mut output = None;
        let mut root = Root::new(Contract::Deserialize);
        for piece in self.json {
            match *piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Type(make, declared) => root.member(make, declared, &mut text),
                Piece::Definitions => {
                    std::mem::replace(&mut root, Root::new(Contract::Deserialize))
                        .definitions(&mut text)
                }
                Piece::Params(make) => match object(make, Contract::Deserialize) {
                    Some(schema) => text.push_str(&schema),
                    None => {
                        crate::host::log(&format!("tool `{}`: {NO_PARAMS}", self.name));
                        text.push_str(r#"{"type":"object"}"#);
                    }
                },
                Piece::Output(make) => {
                    if let Some(schema) = make.and_then(|make| object(make, Contract::Serialize)) {
                        let _ = write!(text, r#","outputSchema":{schema}"#);
                        output = Some(&*schema.leak());
                    }
                }
            }
        }
        Item {
            json: text.leak(),
            output,
            ..*item
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn wrong(&self) -> Option<&'static str> {
        self.json.iter().find_map(|piece| match piece {
            Piece::Params(make) => object(*make, Contract::Deserialize).is_none().then_some(NO_PARAMS),
            Piece::Output(Some(make)) if is_plain(*make) => Some(
                "it returns `Json` of what is no object, and structured content is one: return a struct, or a `String` of what it says",
            ),
            _ => None,
        })
    }
}

/// The schema of an object, with its definitions; `None` where it is of something else.
fn object(make: Make, contract: Contract) -> Option<String> {
    let params = matches!(contract, Contract::Deserialize);
    let mut generator = generator(contract);
    let schema = make(&mut generator).to_value();
    let known = generator.take_definitions(true);
    let mut schema = canonical::root(schema, &known);
    if schema.get("type").is_none_or(|it| it != "object") {
        return None;
    }
    if params {
        // The tool has a description, and the type of its arguments is nobody's but the handler's.
        schema.remove("description");
    }
    let mut out = String::from("{");
    canonical::members(&schema, &mut out);
    append(canonical::used(std::iter::once(&schema), &known), &mut out);
    out.push('}');
    Some(out)
}

/// Whether a type has a schema, and it is not of an object.
#[cfg(not(target_arch = "wasm32"))]
fn is_plain(make: Make) -> bool {
    let mut generator = generator(Contract::Serialize);
    let schema = make(&mut generator).to_value();
    let schema = canonical::root(schema, &generator.take_definitions(true));
    schema.get("type").is_some_and(|it| it != "object")
}

/// A generator whose schemas are of what serde reads, or of what it writes.
pub fn generator(contract: Contract) -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.contract = contract;
    settings.into_generator()
}

/// `,"$defs":{…}`, if there are any.
fn append(definitions: Map<String, Value>, out: &mut String) {
    if !definitions.is_empty() {
        out.push_str(r#","$defs":"#);
        canonical::definitions(&definitions, out);
    }
}

/// A schema in the making, of which some members are types.
struct Root {
    generator: SchemaGenerator,
    members: Vec<Map<String, Value>>,
}

impl Root {
    fn new(contract: Contract) -> Self {
        Self {
            generator: generator(contract),
            members: Vec::new(),
        }
    }

    fn member(&mut self, make: Make, declared: &str, out: &mut String) {
        let schema = make(&mut self.generator).to_value();
        let mut schema = canonical::canonical(schema, self.generator.definitions());
        if let Ok(Value::Object(mut declared)) = serde_json::from_str(declared) {
            schema.append(&mut declared);
        }
        canonical::write(&schema, out);
        self.members.push(schema);
    }

    fn definitions(mut self, out: &mut String) {
        let known = self.generator.take_definitions(true);
        append(canonical::used(self.members.iter(), &known), out);
    }
}
