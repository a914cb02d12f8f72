//! Tools whose JSON is completed when it is first needed.

use super::{Make, canonical};
use crate::agent::Agent;
use mcp_agent_protocol::{Catalog, Item, Place};
use schemars::SchemaGenerator;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::sync::OnceLock;

/// A tool whose schemas only the compiler knows.
#[derive(Clone, Copy, Debug)]
pub struct Late {
    /// Its JSON as it is listed, with control characters, which JSON has nowhere else, where something is to be written: `\u{1}` and an index
    /// into `types`, up to `\u{2}` with members to add, is the schema of an argument; `\u{3}` is `,"$defs":{…}`; `\u{4}` is the schema of all
    /// arguments, the first of `types`; `\u{5}` is `,"outputSchema":{…}`.
    json: &'static str,
    types: &'static [Make],
    /// The schema of its structured content.
    pub output: Option<Make>,
}

/// Where such a tool is declared, natively: its name; file, line and column; and of each declared default of a type of the user's, the
/// argument's name and why it does not fit.
#[cfg(not(target_arch = "wasm32"))]
pub type TypePlace = (
    &'static str,
    (&'static str, u32, u32),
    &'static [(&'static str, fn() -> Option<String>)],
);

impl Late {
    /// None.
    pub const EMPTY: Self = Self::new("", (&[], None));

    /// A tool, of its JSON and its types.
    pub const fn new(json: &'static str, (types, output): (&'static [Make], Option<Make>)) -> Self {
        Self {
            json,
            types,
            output,
        }
    }

    /// The tool as the catalog has it before it is completed.
    pub const fn item(&self, name: &'static str, place: Place, interactive: bool) -> Item {
        Item {
            name,
            json: self.json,
            place,
            interactive,
            ..Item::EMPTY
        }
    }
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
        let complete = |item: &Item| match A::LATE.iter().find(|it| it.json == item.json) {
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
    for (late, (name, (file, line, column), defaults)) in A::LATE.iter().zip(A::places()) {
        let place = format!("{file}:{line}:{column}: tool `{name}`");
        for (argument, misfit) in defaults {
            let wrong = misfit();
            out.extend(
                wrong.map(|it| format!("{place}: the default of `{argument}` does not fit: {it}")),
            );
        }
        out.extend(late.wrong().map(|wrong| format!("{place}: {wrong}")));
    }
    out
}

/// The schemas of the fields of the state that are of types of the user's, `properties`, and the definitions that these lead to, `$defs`.
#[cfg(not(target_arch = "wasm32"))]
pub fn kept<A: Agent>() -> Value {
    let mut generator = generator(Contract::Deserialize);
    let schemas: Vec<_> = A::kept()
        .into_iter()
        .map(|(name, make)| (name, make(&mut generator).to_value()))
        .collect();
    let known = generator.take_definitions(true);
    let schemas: Map<String, Value> = schemas
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), canonical::canonical(schema, &known).into()))
        .collect();
    let used = canonical::used(schemas.values().filter_map(Value::as_object), &known);
    serde_json::json!({ "properties": schemas, "$defs": used })
}

const NO_PARAMS: &str = "its one argument is no struct, and the arguments of a tool are an object: write `#[param]` before it to make it one argument of that object";

#[cfg(not(target_arch = "wasm32"))]
const NO_OBJECT: &str = "it returns `Json` of what is no object, and structured content is one: return a struct, or a `String` of what it says";

impl Late {
    fn complete(&self, item: &Item) -> Item {
        let mut text = String::new();
        let mut output = None;
        let mut root = Root::new();
        let mut rest = self.json;
        while let Some(at) = rest.find(|it: char| ('\u{1}'..='\u{5}').contains(&it)) {
            text.push_str(&rest[..at]);
            let mark = rest.as_bytes()[at];
            rest = &rest[at + 1..];
            match mark {
                1 => {
                    let (argument, after) = rest.split_once('\u{2}').unwrap_or((rest, ""));
                    rest = after;
                    let (index, declared) = argument.split_at(argument.find('{').unwrap_or(0));
                    let make = index.parse().ok().and_then(|it: usize| self.types.get(it));
                    if let Some(make) = make {
                        root.member(*make, declared, &mut text);
                    }
                }
                3 => std::mem::replace(&mut root, Root::new()).definitions(&mut text),
                4 => text.push_str(&self.whole(item.name)),
                _ => {
                    if let Some(schema) = self.output.and_then(|it| object(it, Contract::Serialize))
                    {
                        let _ = write!(text, r#","outputSchema":{schema}"#);
                        output = Some(&*schema.leak());
                    }
                }
            }
        }
        text.push_str(rest);
        Item {
            json: text.leak(),
            output,
            ..*item
        }
    }

    fn whole(&self, name: &str) -> String {
        let schema = self
            .types
            .first()
            .and_then(|it| object(*it, Contract::Deserialize));
        schema.unwrap_or_else(|| {
            crate::host::log(&format!("tool `{name}`: {NO_PARAMS}"));
            r#"{"type":"object"}"#.to_owned()
        })
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn wrong(&self) -> Option<&'static str> {
        let whole = self.types.first().filter(|_| self.json.contains('\u{4}'));
        if whole.is_some_and(|it| object(*it, Contract::Deserialize).is_none()) {
            return Some(NO_PARAMS);
        }
        self.output.filter(|it| is_plain(*it)).map(|_| NO_OBJECT)
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
    fn new() -> Self {
        Self {
            generator: generator(Contract::Deserialize),
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
