//! A golden project's declaration, and what becomes of it.

use mcp_agent_codegen::emit::project::{self, AUTH_DATA, Declared, Options, Owner, PAGE, Runtime};
use mcp_agent_codegen::emit::rust;
use mcp_agent_codegen::{Files, Loaded, Source, load};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The runtime as `cases/<name>/expected/Cargo.toml` finds it, so that a golden project can be built where it lies.
const RUNTIME: &str = "../../../../../runtime";

pub struct Case {
    pub name: String,
    pub folder: PathBuf,
    pub text: String,
}

impl Files for Case {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        fs::read(self.folder.join(path)).map_err(|error| error.to_string())
    }
}

impl Case {
    pub fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
        let mut cases: Vec<_> = fs::read_dir(folder)
            .expect("tests/cases")
            .map(|entry| entry.expect("a case").path())
            .filter(|folder| folder.join("mcp.toml").is_file())
            .map(|folder| Self {
                name: folder
                    .file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned(),
                text: fs::read_to_string(folder.join("mcp.toml")).expect("mcp.toml"),
                folder,
            })
            .collect();
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        assert!(!cases.is_empty(), "no golden project");
        cases
    }

    pub fn load(&self) -> Loaded {
        let source = Source {
            name: "mcp.toml",
            text: &self.text,
        };
        load(source, self)
            .unwrap_or_else(|report| panic!("{}:\n{}", self.name, report.render(source, false)))
    }

    /// What `mcp-gen new` writes, but for what is the same in every project.
    pub fn project(&self) -> BTreeMap<String, Vec<u8>> {
        let Loaded { agent, files, .. } = self.load();
        let handlers = rust::stubs(&agent);
        let runtime = Runtime::Path(RUNTIME.to_owned());
        let options = Options {
            runtime,
            declared: Declared::InFile(&self.text),
            agent: &rust::struct_name(&agent),
            library: &handlers,
            named: &files,
        };
        let files = project::files(&agent, &options);
        files
            .into_iter()
            .filter(|(path, file)| {
                file.owner != Owner::Derived || [AUTH_DATA, PAGE].contains(&path.as_str())
            })
            .map(|(path, file)| (path, file.bytes))
            .collect()
    }

    /// The same with the files that the declaration names, as `mcp-gen` copies them.
    pub fn project_with_named_files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut project = self.project();
        for path in self.load().files {
            let bytes = fs::read(self.folder.join(&path)).expect("a named file");
            project.insert(path, bytes);
        }
        project
    }
}
