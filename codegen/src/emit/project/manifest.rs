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

/// What a crate needs to be built as a Worker.
const SECTIONS: &str = r#"[lib]
crate-type = ["cdylib", "rlib"]

[profile.release]
opt-level = "s"
lto = true
codegen-units = 1
strip = "none"

[package.metadata.wasm-pack.profile.dev.wasm-bindgen]
debug-js-glue = false
"#;

/// What a manifest lacks of a Worker, to be added. `None` where it is one, or cannot be read: then cargo has more to say.
pub fn missing_sections(manifest: &str) -> Option<&'static str> {
    let manifest = Document::parse(manifest).ok()?;
    let types = manifest.get("lib").and_then(|lib| lib.get("crate-type"));
    let is_worker = types
        .and_then(Item::as_array)
        .is_some_and(|types| types.iter().any(|it| it.as_str() == Some("cdylib")));
    (!is_worker).then_some(SECTIONS)
}

#[cfg(test)]
mod tests {
    use super::{SECTIONS, missing_sections, runtime_version};

    #[test]
    fn a_worker_is_a_cdylib() {
        assert!(missing_sections("[package]\nname = \"a\"\n").is_some());
        assert!(missing_sections("[lib]\ncrate-type = [\"rlib\"]\n").is_some());
        assert_eq!(missing_sections(SECTIONS), None);
        assert_eq!(missing_sections("[lib"), None);
    }

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
