//! Which handlers a project has, against those that its declaration needs.
//!
//! The compiler says the same, better: it knows types. This is for `sync`, which runs before there is anything to compile.

use crate::emit::rust::{Stub, handler_stubs};
use crate::model::Agent;
use crate::name;
use syn::{ImplItem, Item, ItemImpl};

/// What is to be done by hand.
pub struct Handlers {
    /// Methods that the declaration needs and the project does not have.
    pub missing: Vec<Stub>,
    /// Methods that the project has and the declaration no longer needs.
    pub left_over: Vec<String>,
    /// The file that holds the handlers.
    pub file: String,
}

/// Compares the handlers in these sources, `(path, text)`, with the declaration. `None` where no file implements `Handlers`, or
/// where the one that does cannot be read as Rust: then the compiler has more to say than we.
pub fn compare(agent: &Agent, sources: &[(String, String)]) -> Option<Handlers> {
    let (file, module, present) = sources.iter().find_map(|(path, text)| {
        // Most files are not the one: parsing is for what mentions the trait.
        let file = text
            .contains("Handlers")
            .then(|| syn::parse_file(text).ok())??;
        let (module, methods) = implementation(&file.items)?;
        Some((path.clone(), module, methods))
    })?;
    let needed = handler_stubs(agent, &module);
    let left_over = present
        .iter()
        .filter(|method| needed.iter().all(|stub| stub.method != **method))
        .cloned()
        .collect();
    let missing = needed
        .into_iter()
        .filter(|stub| stub.is_required && !present.contains(&stub.method))
        .collect();
    Some(Handlers {
        missing,
        left_over,
        file,
    })
}

/// The `impl counter::Handlers for …` among these items and in their modules: the module that it names, and the methods without raw
/// prefixes.
fn implementation(items: &[Item]) -> Option<(String, Vec<String>)> {
    items.iter().find_map(|item| match item {
        Item::Impl(item) => methods(item),
        Item::Mod(module) => implementation(&module.content.as_ref()?.1),
        _ => None,
    })
}

fn methods(item: &ItemImpl) -> Option<(String, Vec<String>)> {
    let (_, path, _) = item.trait_.as_ref()?;
    let mut segments = path.segments.iter().rev();
    segments.next().filter(|last| last.ident == "Handlers")?;
    let module = segments.next()?.ident.to_string();
    let methods = item.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) => Some(name::plain(&method.sig.ident.to_string()).to_owned()),
        _ => None,
    });
    Some((module, methods.collect()))
}
