//! The struct: who the server is, and what it remembers.

use super::args::{Args, Value};
use super::part::Name;
use super::sections::Sections;
use super::text::Text;
use super::types::Shape;
use super::{Errors, docs, take_attribute, unknown_type};
use crate::Files;
use crate::diag::Code;
use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Fields, ItemStruct, Type};

/// A struct with `#[mcp_agent(name = …)]`, read.
pub struct Structure {
    /// The declaration that it makes.
    pub text: Text,
    /// The struct, without what was read of it.
    pub item: ItemStruct,
    /// Its fields, in their order.
    pub fields: Vec<Member>,
    /// The parts that it is made of, in their order.
    pub parts: Vec<Name>,
    /// A file that has more of the declaration.
    pub config: Option<Sections>,
}

impl Structure {
    /// Puts in front what stands above all tables, and the file that has more of the declaration, if there is one.
    fn complete(&mut self, files: &dyn Files, errors: &mut Errors) {
        let mut whole = Text::default();
        let is_versioned = match &self.config {
            Some(config) => config.add_to(&mut whole, files, errors),
            None => false,
        };
        let mut text = Text::default();
        if !is_versioned {
            text.push("schema_version = 1\n");
        }
        text.append(whole);
        text.append(std::mem::take(&mut self.text));
        self.text = text;
    }
}

/// A field of the state.
pub struct Member {
    /// Its name.
    pub ident: Ident,
    /// Its type.
    pub ty: Type,
    /// Whether only the compiler knows what the type is.
    pub is_foreign: bool,
    /// Whether its attribute says what it begins as.
    pub has_default: bool,
}

/// The arguments that are tables of their own; all others are keys of `[server]`.
const TABLES: [&str; 6] = [
    "state",
    "transport",
    "websocket",
    "auth",
    "deploy",
    "review",
];

/// Reads a struct.
pub fn read(
    args: TokenStream,
    mut item: ItemStruct,
    files: &dyn Files,
    errors: &mut Errors,
) -> Structure {
    let mut args: Args = errors.or_default(syn::parse2(args));
    if !item.generics.params.is_empty() {
        errors.add(
            Code::Generic,
            &item.generics,
            "an agent has no generics: its state is stored as one type",
        );
    }
    let config = args.take("config").and_then(|arg| match arg.value {
        Value::String(path, span) => Some(Sections { path, span }),
        other => {
            errors.at(
                Code::BadAttribute,
                other.span(),
                "`config` is a path in quotes",
            );
            None
        }
    });
    let parts = parts(&mut args, item.ident.span(), errors);
    let tables = TABLES.map(|table| (table, args.take(table)));
    let mut text = Text::default();
    text.header(&["server"], item.ident.span());
    if !args.has("description")
        && let Some((description, span)) = docs(&item.attrs)
    {
        text.push("description = ");
        text.string(&description, span);
        text.push("\n");
    }
    args.lines(&mut text);
    for (table, arg) in tables {
        let fields = table == "state" && !item.fields.is_empty() && item.generics.params.is_empty();
        let (span, args) = match arg {
            Some(arg) => match arg.value {
                Value::Table(args, _) => (arg.span, args),
                other => {
                    let message = format!("`{table}` is a table: `{table}(key = value)`");
                    errors.at(Code::BadAttribute, other.span(), message);
                    continue;
                }
            },
            None if fields => (item.ident.span(), Args::default()),
            None => continue,
        };
        let mut args = args;
        refuse_said(table, &mut args, errors);
        if table == "review" {
            args.gather("allow");
        }
        text.header(&[table], span);
        args.lines(&mut text);
    }
    let fields = if item.generics.params.is_empty() {
        fields(&mut item, &mut text, errors)
    } else {
        // What a parameter stands for cannot be known here, but what is said of a field is taken off.
        fields(&mut item, &mut Text::default(), &mut Errors::default())
    };
    let mut structure = Structure {
        text,
        item,
        fields,
        parts,
        config,
    };
    structure.complete(files, errors);
    structure
}

/// Keys that methods say.
fn refuse_said(table: &str, args: &mut Args, errors: &mut Errors) {
    let (key, why) = match table {
        "state" => ("on_update", "a method says it, with `#[on_state_update]`"),
        "websocket" => (
            "state",
            "the signatures of its methods say it: `&self`, `&mut self`, or no `self`",
        ),
        _ => return,
    };
    if let Some(arg) = args.take(key) {
        errors.at(
            Code::SaidOtherwise,
            arg.span,
            format!("no `{key}` here: {why}"),
        );
    }
}

/// The parts that are listed, or the one that has no name of its own.
fn parts(args: &mut Args, struct_name: Span, errors: &mut Errors) -> Vec<Name> {
    let Some(arg) = args.take("parts") else {
        return vec![Name::main(struct_name)];
    };
    let names = match arg.value {
        Value::Table(args, _) => args
            .0
            .into_iter()
            .map(|it| Name::new(it.key, it.span))
            .collect(),
        _ => Vec::new(),
    };
    let twice = names
        .iter()
        .enumerate()
        .find(|(at, it): &(usize, &Name)| names[..*at].contains(it));
    if let Some((_, twice)) = twice {
        errors.at(
            Code::BadAttribute,
            twice.span,
            format!("the part `{}` is listed twice", twice.name),
        );
    }
    if names.is_empty() {
        errors.at(
            Code::BadAttribute,
            arg.span,
            "list the parts: `parts(\"main\", \"orders\")`",
        );
        return vec![Name::main(struct_name)];
    }
    names
}

fn fields(item: &mut ItemStruct, text: &mut Text, errors: &mut Errors) -> Vec<Member> {
    let mut members = Vec::new();
    let fields = match &mut item.fields {
        Fields::Unit => return members,
        Fields::Named(fields) => &mut fields.named,
        Fields::Unnamed(fields) => {
            errors.add(
                Code::UnnamedFields,
                fields,
                "the fields of a state have names: they are the keys of what is stored",
            );
            return members;
        }
    };
    for field in fields {
        let Some(ident) = field.ident.clone() else {
            continue;
        };
        let args = take_attribute(&mut field.attrs, "state", errors).unwrap_or_default();
        let Some(shape) = Shape::of(&field.ty) else {
            unknown_type(&field.ty, errors);
            continue;
        };
        let name = ident.unraw().to_string();
        text.header(&["state", "fields", &name], ident.span());
        shape.lines(|key| args.has(key), text);
        super::description(&args, &field.attrs, text);
        // A type of the user's knows what it begins as.
        if shape.is_foreign() && !shape.optional && !args.has("default") && !args.has("optional") {
            text.push("optional = true\n");
        }
        args.lines(text);
        members.push(Member {
            ident,
            ty: field.ty.clone(),
            is_foreign: shape.is_foreign(),
            has_default: args.has("default"),
        });
    }
    members
}
