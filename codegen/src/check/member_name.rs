//! Names of members and of variants.

use super::{Cx, walk};
use crate::diag::Code;
use crate::model::Model;
use crate::name;

/// A member is a field of a Rust struct, so that its name gives an identifier, and no other member's gives the same.
pub(super) fn check_members(model: &Model, cx: &mut Cx<'_>) {
    for shape in walk::shapes(model).structs {
        let mut seen: Vec<(String, &str)> = Vec::new();
        for field in shape.fields {
            let at = shape.at.key(&field.name);
            let Some(identifier) = name::identifier(&field.name) else {
                cx.report(
                    Code::NoIdentifier,
                    &at,
                    format!("`{}` gives no name for a Rust field", field.name),
                )
                .at_key()
                .help("begin with a letter, and not with `self`, `super` or `crate` alone");
                continue;
            };
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == identifier) {
                cx.report(
                    Code::MemberCollision,
                    &at,
                    format!(
                        "`{}` and `{first}` are both `{identifier}` in Rust",
                        field.name
                    ),
                )
                .at_key()
                .related(shape.at.key(first), "the other one")
                .help("rename one of them");
            }
            seen.push((identifier, &field.name));
        }
    }
}

/// The values of an `enum` are variants of a Rust enum, so that each gives a name, and no other's the same.
pub(super) fn check_variants(model: &Model, cx: &mut Cx<'_>) {
    for shape in walk::shapes(model)
        .enums
        .into_iter()
        .filter(|shape| shape.ty.is_some())
    {
        let mut seen: Vec<(String, usize)> = Vec::new();
        for (index, value) in shape.values.iter().enumerate() {
            let at = shape.at.index(index);
            let Some(variant) = name::variant(value) else {
                cx.report(Code::NoIdentifier, &at, format!("`{value}` gives no name for a Rust variant"))
                    .help("leave the `enum` out and say `pattern`, or choose values with letters or digits");
                continue;
            };
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == variant) {
                let other = &shape.values[*first];
                // The same value twice is another mistake, which has been reported.
                if other != value {
                    cx.report(Code::VariantCollision, &at, format!("`{value}` and `{other}` are both `{variant}` in Rust"))
                        .related(shape.at.index(*first), "the other one")
                        .help("leave the `enum` out and say `pattern`, or choose values that differ in letters or digits");
                }
            }
            seen.push((variant, index));
        }
    }
}
