//! All structs and enums of a model, with their addresses and the names that generated code gives them.

use crate::diag::Address;
use crate::model::{Field, Input, Model, Output, ResourceBody, ToolBody, Type};
use crate::name;

/// A set of members.
pub(super) struct Struct<'m> {
    /// The table of its members.
    pub(super) at: Address,
    /// What its name comes from: a key.
    pub(super) owner: Address,
    /// The name of its Rust struct. `None` where none is generated: the state is the user's own, a template needs no struct.
    pub(super) ty: Option<String>,
    /// Its members.
    pub(super) fields: &'m [Field],
}

/// An enumeration.
pub(super) struct Enum<'m> {
    /// The list of its values.
    pub(super) at: Address,
    /// What its name comes from: a key.
    pub(super) owner: Address,
    /// The name of its Rust enum, if one is generated.
    pub(super) ty: Option<String>,
    /// Its values.
    pub(super) values: &'m [String],
}

/// Everything that a model makes types of, in the order of the declaration's tables.
#[derive(Default)]
pub(super) struct Shapes<'m> {
    pub(super) structs: Vec<Struct<'m>>,
    pub(super) enums: Vec<Enum<'m>>,
}

/// The shapes of `model`.
pub(super) fn shapes(model: &Model) -> Shapes<'_> {
    let root = Address::root();
    let mut shapes = Shapes::default();
    for named in &model.types {
        let at = root.keys(["types", &named.name]);
        shapes.fields(
            at.key("fields"),
            at,
            Some(named.name.clone()),
            Some(&named.name),
            &named.fields,
        );
    }
    if let Some(state) = &model.state {
        let at = root.key("state");
        shapes.fields(
            at.key("fields"),
            at,
            None,
            Some(name::STATE_TYPE),
            &state.fields,
        );
    }
    for handle in &model.handles {
        let at = root.keys(["handles", &handle.name]);
        // A name that gives none has been reported.
        let ty = (!handle.type_name.is_empty()).then(|| handle.type_name.clone());
        shapes.fields(
            at.key("fields"),
            at,
            ty.clone(),
            ty.as_deref(),
            &handle.fields,
        );
    }
    let declared = model
        .tools
        .iter()
        .filter(|tool| tool.body == ToolBody::Handler);
    for tool in declared {
        let at = root.keys(["tools", &tool.name]);
        if let Input::Fields(fields) = &tool.input {
            shapes.params(&at, Some(&tool.method), fields);
        }
        if let Output::Fields(fields) = &tool.output {
            let ty = name::output_type(&named(&tool.method, &at));
            shapes.fields(at.key("output"), at, Some(ty.clone()), Some(&ty), fields);
        }
    }
    for resource in &model.resources {
        let at = root.keys(["resources", resource.uri.as_str()]);
        let method = (resource.body == ResourceBody::Handler).then_some(resource.method.as_str());
        shapes.params(&at, method, &resource.params);
    }
    for prompt in &model.prompts {
        let at = root.keys(["prompts", &prompt.name]);
        // A template is filled from a struct too.
        shapes.params(&at, Some(&prompt.method), &prompt.params);
    }
    shapes
}

/// The handler's name. One that could not be made has been reported, and must meet no other.
fn named(method: &str, at: &Address) -> String {
    if method.is_empty() {
        format!("unnamed {at}")
    } else {
        method.to_owned()
    }
}

impl<'m> Shapes<'m> {
    fn params(&mut self, at: &Address, method: Option<&str>, fields: &'m [Field]) {
        if !fields.is_empty() {
            let ty = method.map(|method| name::params_type(&named(method, at)));
            self.fields(
                at.key("params"),
                at.clone(),
                ty.clone(),
                ty.as_deref(),
                fields,
            );
        }
    }

    /// A struct `ty` of `fields`, whose own types are named after `around`.
    fn fields(
        &mut self,
        at: Address,
        owner: Address,
        ty: Option<String>,
        around: Option<&str>,
        fields: &'m [Field],
    ) {
        for field in fields {
            let name = around.map(|around| name::nested_type(around, &field.name));
            self.ty(&at.key(&field.name), &at.key(&field.name), name, &field.ty);
        }
        self.structs.push(Struct {
            at,
            owner,
            ty,
            fields,
        });
    }

    fn ty(&mut self, at: &Address, owner: &Address, name: Option<String>, ty: &'m Type) {
        match ty {
            Type::Enum(values) => self.enums.push(Enum {
                at: at.key("enum"),
                owner: owner.clone(),
                ty: name,
                values,
            }),
            Type::Array { items, .. } => self.ty(
                &at.key("items"),
                owner,
                name.map(|name| name::item_type(&name)),
                items,
            ),
            Type::Object(fields) => self.fields(
                at.key("fields"),
                owner.clone(),
                name.clone(),
                name.as_deref(),
                fields,
            ),
            _ => {}
        }
    }
}
