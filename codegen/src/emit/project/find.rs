//! Where in a crate the agent is that Rust declares.

use syn::{Attribute, Item, Meta};

/// The path of the struct that `#[mcp_agent(name = …)]` stands on, from the crate's root: `Shop`, `agents::Shop`. `read` gives a file of
/// the crate by its path beside the root file. Only files that could have it are parsed.
pub fn agent_path(root: &str, read: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let text = read(root)?;
    inside(&text, "", "", read)
}

/// Looks through a file, whose modules lie in `folder`.
fn inside(
    text: &str,
    folder: &str,
    path: &str,
    read: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let file = syn::parse_file(text).ok()?;
    among(&file.items, folder, path, read)
}

fn among(
    items: &[Item],
    folder: &str,
    path: &str,
    read: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    items.iter().find_map(|item| match item {
        Item::Struct(item) if item.attrs.iter().any(declares) => {
            Some(format!("{path}{}", item.ident))
        }
        Item::Mod(module) => {
            let name = module.ident.to_string();
            let (path, below) = (format!("{path}{name}::"), format!("{folder}{name}/"));
            if let Some((_, items)) = &module.content {
                return among(items, &below, &path, read);
            }
            let text =
                read(&format!("{folder}{name}.rs")).or_else(|| read(&format!("{below}mod.rs")))?;
            inside(&text, &below, &path, read)
        }
        _ => None,
    })
}

/// Whether an attribute is `#[mcp_agent(name = …)]`.
fn declares(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    last.is_some_and(|it| it.ident == "mcp_agent")
        && list
            .tokens
            .clone()
            .into_iter()
            .any(|token| token.to_string() == "name")
}

#[cfg(test)]
mod tests {
    use super::agent_path;

    #[test]
    fn is_found_in_files_and_modules() {
        let files = |path: &str| match path {
            "lib.rs" => {
                Some("mod a; mod b { #[mcp_agent(config = \"x\")] struct No; mod c; }".to_owned())
            }
            "a.rs" => Some("pub struct Other;".to_owned()),
            "b/c/mod.rs" => {
                Some("#[mcp_agent::mcp_agent(name = \"x\")] pub struct Shop {}".to_owned())
            }
            _ => None,
        };
        assert_eq!(agent_path("lib.rs", &files).as_deref(), Some("b::c::Shop"));
        assert_eq!(agent_path("a.rs", &files), None);
    }
}
