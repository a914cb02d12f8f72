//! `[types.*]`.

use super::Cx;
use super::member::check_members;
use crate::diag::{Address, Code};
use crate::model::NamedType;
use crate::name;

pub(super) fn check_types(cx: &mut Cx<'_>) -> Vec<NamedType> {
    let at = Address::root().key("types");
    let declared = cx.raw.types.clone().unwrap_or_default();
    let check = |(name, raw): (String, crate::read::raw::RawNamed)| {
        let at = at.key(&name);
        check_name(cx, &at, &name);
        if raw.fields.is_none() {
            cx.report(
                Code::MissingItems,
                &at.key("fields"),
                format!("the type `{name}` says no `fields`"),
            )
            .help("fields.id = \"string\"");
        }
        NamedType {
            fields: check_members(cx, &at.key("fields"), raw.fields.as_ref()),
            description: raw.description,
            name,
        }
    };
    declared.into_iter().map(check).collect()
}

/// The name of a type is the name of its Rust struct, so that it is written as Rust writes one, and hides nothing that generated
/// code speaks of.
fn check_name(cx: &mut Cx<'_>, at: &Address, name: &str) {
    let legal = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric());
    if !legal {
        let camel = name::camel(name);
        let diagnostic = cx.report(
            Code::BadTypeName,
            at,
            format!("`{name}` is not a name of a type"),
        );
        diagnostic
            .at_key()
            .label("a capital letter, then letters and digits");
        if camel.starts_with(|c: char| c.is_ascii_uppercase()) {
            diagnostic.help(format!("[types.{camel}]"));
        }
    } else if name::RESERVED_TYPES.contains(&name) {
        cx.report(
            Code::BadTypeName,
            at,
            format!("`{name}` is a name that generated code needs itself"),
        )
        .at_key()
        .help(format!("[types.My{name}]"));
    }
}
