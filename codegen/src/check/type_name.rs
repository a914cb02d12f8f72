//! Names of generated types.

use super::{Cx, walk};
use crate::diag::{Address, Code};
use crate::model::Model;
use crate::name::RESERVED_TYPES;
use std::collections::HashMap;

/// All generated types live in one module: named ones by their names, others by the path to them (`AddParams`, `AddParamsStyle`). No
/// two may meet, and none may hide what the module uses itself.
pub(super) fn check_type_names(model: &Model, cx: &mut Cx<'_>) {
    let shapes = walk::shapes(model);
    let structs = shapes.structs.iter().map(|s| (s.ty.as_deref(), &s.owner));
    let enums = shapes.enums.iter().map(|e| (e.ty.as_deref(), &e.owner));
    let mut types: Vec<(&str, &Address)> = structs
        .chain(enums)
        .filter_map(|(ty, owner)| Some((ty?, owner)))
        .collect();
    // Named types come first: they were chosen, the others follow from other names.
    types.sort_by_key(|(_, owner)| !owner.to_string().starts_with("types."));
    let mut first: HashMap<&str, &Address> = HashMap::new();
    for (ty, owner) in types {
        if let Some(other) = first.get(ty) {
            // Two handlers of one name are reported as such, and not once more for their types.
            let same_item = *other == owner;
            if !same_item && !handlers_meet(cx, owner, other) {
                cx.report(
                    Code::TypeCollision,
                    owner,
                    format!("two types would be called `{ty}`"),
                )
                .at_key()
                .related((*other).clone(), "the other one")
                .help("rename one of them");
            }
        } else {
            first.insert(ty, owner);
            if RESERVED_TYPES.contains(&ty) && !owner.to_string().starts_with("types.") {
                cx.report(
                    Code::TypeCollision,
                    owner,
                    format!("`{ty}` is a type that generated code needs itself"),
                )
                .at_key()
                .help("rename it");
            }
        }
    }
}

/// Whether two addresses lie in items of which a collision of handlers has been reported.
fn handlers_meet(cx: &Cx<'_>, a: &Address, b: &Address) -> bool {
    cx.sink.iter().any(|d| {
        d.code == Code::HandlerCollision
            && d.related.iter().any(|r| {
                (d.address.contains(a) && r.address.contains(b))
                    || (d.address.contains(b) && r.address.contains(a))
            })
    })
}
