//! `Cargo.toml`: what it says of the runtime crate. The file is the user's, so it is read and never written.

use toml_edit::{Document, Item};

/// The version of `mcp-agent` that a manifest asks the registry for. `None` where it comes from a path or a repository, is not there,
/// or the manifest is not TOML.
pub fn runtime_version(text: &str) -> Option<String> {
    let manifest = Document::parse(text).ok()?;
    let dependency = manifest.get("dependencies")?.get("mcp-agent")?;
    let version = match dependency {
        Item::Value(value) if value.is_str() => dependency.as_str(),
        other if other.get("path").is_none() && other.get("git").is_none() => {
            other.get("version").and_then(Item::as_str)
        }
        _ => None,
    };
    Some(version?.trim_start_matches(['=', '^', ' ']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::runtime_version;

    #[test]
    fn every_way_to_write_a_dependency() {
        for (dependency, version) in [
            ("mcp-agent = \"=1.2.3\"", Some("1.2.3")),
            ("mcp-agent = { version = \"= 1.2.3\" }", Some("1.2.3")),
            ("mcp-agent.version = \"1.2\"", Some("1.2")),
            (
                "mcp-agent = { path = \"../runtime\", version = \"1.2.3\" }",
                None,
            ),
            ("mcp-agent = { git = \"https://example.com/x\" }", None),
            ("serde = \"1\"", None),
            ("mcp-agent = ", None),
        ] {
            let manifest = format!("[dependencies]\n{dependency}\n");
            assert_eq!(
                runtime_version(&manifest).as_deref(),
                version,
                "{dependency}"
            );
        }
    }
}
