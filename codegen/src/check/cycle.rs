//! Types that hold themselves.

use super::Cx;
use crate::diag::{Address, Code};
use crate::model::{Field, Model, Type};

/// A type may hold itself through an array, which ends where it is empty. In any other way a value of it would hold another one for
/// ever, and its Rust struct would have no size.
pub(super) fn check_cycles(model: &Model, cx: &mut Cx<'_>) {
    let mut reported: Vec<&str> = Vec::new();
    for named in &model.types {
        let mut path = vec![named.name.as_str()];
        if reported.contains(&named.name.as_str()) {
            continue;
        }
        if let Some(at) = find(
            model,
            &named.fields,
            &Address::root().keys(["types", &named.name, "fields"]),
            &named.name,
            &mut path,
        ) {
            let chain = path
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(" holds ");
            cx.report(
                Code::CircularType,
                &at,
                format!("a type that holds itself: {chain}"),
            )
            .help(format!(
                "hold a list, `{{ type = \"array\", items = \"{}\" }}`, or the id of another one",
                named.name
            ));
            reported.extend(path);
        }
    }
}

/// The member, among `fields` at `at`, through which `target` is reached. `path` then has the types on the way.
fn find<'m>(
    model: &'m Model,
    fields: &'m [Field],
    at: &Address,
    target: &str,
    path: &mut Vec<&'m str>,
) -> Option<Address> {
    for field in fields {
        let field_at = at.key(&field.name);
        match &field.ty {
            Type::Named(name) if name == target => {
                path.push(name);
                return Some(field_at);
            }
            Type::Named(name) if !path.contains(&name.as_str()) => {
                let Some(next) = model.types.iter().find(|t| t.name == *name) else {
                    continue;
                };
                path.push(name);
                // The place of the mistake is the member of the type in question, not the one at the cycle's other end.
                if find(model, &next.fields, at, target, path).is_some() {
                    return Some(field_at);
                }
                path.pop();
            }
            Type::Object(inner) => {
                if let Some(found) = find(model, inner, &field_at.key("fields"), target, path) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}
