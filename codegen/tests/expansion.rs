//! What `#[mcp_agent]` makes of a tool stays short enough to be read: users see it in `mcp-gen expand`, and the compiler compiles it.

use mcp_agent_codegen::{Files, expand};

/// A crate without any file.
struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("no such file".to_owned())
    }
}

/// What a tool may add to the expansion, beside the method itself.
const LIMIT: usize = 15;

/// Tools with three arguments and documentation, as agents have them. `N` is a number.
const TOOLS: [&str; 4] = [
    r#"
    /// Books a table.
    #[tool(title = "Book", annotations(destructive = false))]
    async fn tool_N(
        &mut self,
        /// Under which name
        #[param(min_length = 1, max_length = 100)]
        name: &str,
        /// For how many
        #[param(minimum = 1, maximum = 20)]
        guests: u32,
        /// What the kitchen should know
        wishes: Option<Vec<String>>,
    ) -> Result<String> {
        self.booked += i64::from(guests);
        Ok(format!("{name} {wishes:?}"))
    }
"#,
    r#"
    /// Finds a table.
    #[tool(annotations(read_only))]
    fn tool_N(
        &self,
        /// Who looks
        name: String,
        /// For how many
        #[param(default = 2)]
        guests: i64,
        /// Where
        #[param(enum = ["inside", "outside"], default = "inside")]
        place: &str,
    ) -> Json<Vec<i64>> {
        find(self, name, guests, place)
    }
"#,
    r#"
    /// Asks the weather service.
    #[tool]
    async fn tool_N(
        cx: &Cx,
        /// North
        latitude: f64,
        /// East
        longitude: f64,
        /// In degrees Celsius
        #[param(default = true)]
        celsius: bool,
    ) -> Result<String> {
        ask(cx, latitude, longitude, celsius).await
    }
"#,
    r#"
    /// Asks when.
    #[tool(task = "optional")]
    async fn tool_N(
        cx: &Cx,
        call: &Call,
        /// Who
        who: &str,
        /// What
        what: &str,
        /// Anything else
        more: Option<Value>,
    ) -> Result<String> {
        ask(cx, call, who, what, more).await
    }
"#,
];

fn agent(tools: &[String]) -> String {
    let tools = tools.concat();
    format!("#[mcp_agent]\nimpl Inn {{{tools}}}\n")
}

/// The lines of a formatted expansion.
fn lines(text: &str) -> usize {
    let found = expand::file(text, &Nothing, None).unwrap_or_else(|it| panic!("{}", it.message));
    let [it] = found.as_slice() else {
        panic!("one item");
    };
    match &it.result {
        Ok(text) => text.lines().count(),
        Err(mistakes) => panic!("{}", mistakes[0].message),
    }
}

/// The lines of the method as it is printed, without what was read of it.
fn own(tool: &str) -> usize {
    let method: syn::ImplItemFn = syn::parse_str(tool).expect("a method");
    let mut method = method;
    method.attrs.retain(|it| !it.path().is_ident("tool"));
    for input in &mut method.sig.inputs {
        if let syn::FnArg::Typed(input) = input {
            input.attrs.clear();
        }
    }
    let block = syn::parse_quote!(impl Inn { #method });
    let file = syn::File {
        shebang: None,
        attrs: Vec::new(),
        items: vec![block],
    };
    prettyplease::unparse(&file).lines().count() - 2
}

#[test]
fn a_tool_adds_few_lines() {
    for tool in TOOLS {
        for present in [1, 2, 9] {
            let tools: Vec<_> = (0..=present)
                .map(|it| tool.replace("tool_N", &format!("tool_{it}")))
                .collect();
            let (before, after) = (lines(&agent(&tools[..present])), lines(&agent(&tools)));
            let added = after - before - own(&tools[present]);
            println!(
                "{added} lines beside the method's own {}",
                own(&tools[present])
            );
            assert!(
                added <= LIMIT,
                "{added} lines, {LIMIT} are allowed, for{tool}"
            );
        }
    }
}

#[test]
fn what_is_wrong_has_a_place_in_the_file() {
    let text = "mod inner {\n    #[mcp_agent]\n    impl Inn {\n        /// Sums.\n        #[tool(titel = \"Sum\")]\n        fn sum(a: &[u8]) {}\n    }\n}\n";
    let found = expand::file(text, &Nothing, None).unwrap_or_else(|it| panic!("{}", it.message));
    assert_eq!((found[0].item.as_str(), found[0].line), ("impl Inn", 2));
    let mistakes = found[0].result.as_ref().expect_err("two mistakes");
    let places: Vec<_> = mistakes.iter().map(|it| &text[it.span.clone()]).collect();
    assert_eq!(places, ["&[u8]", "titel"]);
}

#[test]
fn a_file_declares_what_its_items_declare_together() {
    let text = "#[mcp_agent(name = \"inn\", version = \"1\")]\npub struct Inn;\n#[mcp_agent]\nimpl Inn {\n    /// Pings.\n    #[tool]\n    fn ping() {}\n}\n";
    let declared = expand::declaration(text).expect("a declaration");
    assert_eq!(declared.agent, "Inn");
    assert_eq!(
        declared.text,
        "schema_version = 1\n[server]\nname = \"inn\"\nversion = \"1\"\n[tools.ping]\ndescription = \"Pings.\"\n"
    );
    assert!(expand::declaration("pub struct Inn;").is_none());
}
