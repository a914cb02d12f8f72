//! Changes that break nobody, about which a review says nothing, whatever its level: that is what makes the rest of it worth reading.

mod support;

use mcp_agent_codegen::Files;
use mcp_agent_contract::judge::compare;
use mcp_agent_contract::lock;
use support::{contract, loaded};

/// Files that two declarations name.
struct Beside;

impl Files for Beside {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let text = match path {
            "terms.md" | "docs/terms.md" => "All is fine.\n",
            "ask.txt" | "prompts/ask.txt" => "Say {{ what }}.",
            "0001_a.sql" | "sql/0001_a.sql" => "CREATE TABLE a (x INTEGER);\n",
            "sql/0002_b.sql" => "CREATE TABLE b (x INTEGER);\n",
            "a.json" | "schemas/a.json" => {
                r#"{"type":"object","properties":{"a":{"type":"string","enum":["x","y"]},"b":{"type":"integer"}},"required":["a","b"]}"#
            }
            // The same in another order and another form.
            "b.json" => {
                r#"{"required": ["b", "a"], "properties": {"b": {"type": "integer"}, "a": {"enum": ["y", "x"], "type": "string"}}, "type": "object"}"#
            }
            // The same by other keywords.
            "c.json" => {
                r##"{"type":"object","properties":{"a":{"anyOf":[{"const":"x"},{"const":"y"}]},"b":{"$ref":"#/$defs/B"}},"required":["a","b"],"$defs":{"B":{"type":"integer"}}}"##
            }
            _ => return Err("no such file".to_owned()),
        };
        Ok(text.as_bytes().to_vec())
    }
}

/// What a change may come to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wire {
    /// Nothing that anybody is told: the lock has the same bytes.
    Same,
    /// More is taken, or more is promised.
    More,
}
use Wire::{More, Same};

/// What both have, unless they say otherwise.
const SERVER: &str = "schema_version = 1\n[server]\nname = \"shop\"\nversion = \"1.0.0\"\n";

/// Name, what it comes to, before, after.
const CHANGES: &[(&str, Wire, &str, &str)] = &[
    (
        "comments",
        Same,
        "[tools.a]\ndescription = \"A.\"\n",
        "# What it can do.\n[tools.a] # first\n# in words\ndescription = \"A.\" # short\n",
    ),
    (
        "empty lines and spaces",
        Same,
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"string\"\n",
        "\n\n[ tools . a ]\n\n  description   =   \"A.\"\n\n\n  params.x=\"string\"\n\n",
    ),
    (
        "ends of lines",
        Same,
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"string\"\n",
        "[tools.a]\r\ndescription = \"A.\"\r\nparams.x = \"string\"\r\n",
    ),
    (
        "keys in another order",
        Same,
        "[tools.a]\ntitle = \"A\"\ndescription = \"A.\"\nstate = \"none\"\nparams.x = { type = \"integer\", minimum = 1, maximum = 9 }\n",
        "[tools.a]\nparams.x = { maximum = 9, minimum = 1, type = \"integer\" }\nstate = \"none\"\ndescription = \"A.\"\ntitle = \"A\"\n",
    ),
    (
        "params in another order",
        Same,
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"string\"\nparams.y = \"integer\"\n",
        "[tools.a]\ndescription = \"A.\"\nparams.y = \"integer\"\nparams.x = \"string\"\n",
    ),
    (
        "a param that is called as a keyword, in another order",
        Same,
        "[tools.a]\ndescription = \"A.\"\nparams.default = { type = \"object\", fields = { x = \"string\", y = \"integer\" } }\n",
        "[tools.a]\ndescription = \"A.\"\nparams.default = { type = \"object\", fields = { y = \"integer\", x = \"string\" } }\n",
    ),
    (
        "tools in another order",
        Same,
        "[tools.a]\ndescription = \"A.\"\n[tools.b]\ndescription = \"B.\"\n",
        "[tools.b]\ndescription = \"B.\"\n[tools.a]\ndescription = \"A.\"\n",
    ),
    (
        "tables in another order",
        Same,
        "[state]\nfields.n = { type = \"integer\", default = 0 }\n[tools.a]\ndescription = \"A.\"\n[resources.\"s://n\"]\nfield = \"n\"\n",
        "[resources.\"s://n\"]\nfield = \"n\"\n[tools.a]\ndescription = \"A.\"\n[state]\nfields.n = { type = \"integer\", default = 0 }\n",
    ),
    (
        "values of an enum in another order",
        Same,
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"string\", enum = [\"a\", \"b\", \"c\"] }\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"string\", enum = [\"c\", \"a\", \"b\"] }\n",
    ),
    (
        "fields of a type in another order",
        Same,
        "[types.T]\nfields.a = \"string\"\nfields.b = \"integer\"\n[tools.a]\ndescription = \"A.\"\nparams.t = \"T\"\n",
        "[types.T]\nfields.b = \"integer\"\nfields.a = \"string\"\n[tools.a]\ndescription = \"A.\"\nparams.t = \"T\"\n",
    ),
    (
        "an inline table for a table",
        Same,
        "[tools.a]\ndescription = \"A.\"\n[tools.a.annotations]\nread_only = true\n[tools.a.params.x]\ntype = \"string\"\nmax_length = 9\n",
        "[tools.a]\ndescription = \"A.\"\nannotations = { read_only = true }\nparams = { x = { type = \"string\", max_length = 9 } }\n",
    ),
    (
        "dotted keys for a table",
        Same,
        "[tools.a]\ndescription = \"A.\"\n",
        "tools.a.description = \"A.\"\n",
    ),
    (
        "quoted keys",
        Same,
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"string\"\n",
        "[\"tools\".'a']\n\"description\" = \"A.\"\nparams.\"x\" = \"string\"\n",
    ),
    (
        "the long form of a type",
        Same,
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"string\"\noutput.y = \"integer\"\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"string\" }\noutput.y = { type = \"integer\" }\n",
    ),
    (
        "the long form of items",
        Same,
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"array\", items = \"string\" }\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"array\", items = { type = \"string\" } }\n",
    ),
    (
        "strings in other quotes",
        Same,
        "[tools.a]\ndescription = \"A \\\"b\\\" c.\\nd\"\n",
        "[tools.a]\ndescription = '''A \"b\" c.\nd'''\n",
    ),
    (
        "characters by their numbers",
        Same,
        "[tools.a]\ndescription = \"caf\u{e9}\"\n",
        "[tools.a]\ndescription = \"caf\\u00e9\"\n",
    ),
    (
        "numbers in another form",
        Same,
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"integer\", maximum = 1000 }\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"integer\", maximum = 0x3e8 }\n",
    ),
    (
        "a duration in another unit",
        Same,
        "[state]\n[handles.c]\nttl = \"24h\"\nfields.n = { type = \"integer\", default = 0 }\n[tools.a]\ndescription = \"A.\"\nhandle = \"c\"\n",
        "[state]\n[handles.c]\nttl = \"1d\"\nfields.n = { type = \"integer\", default = 0 }\n[tools.a]\ndescription = \"A.\"\nhandle = \"c\"\n",
    ),
    (
        "a size in another unit",
        Same,
        "[state]\nmax_bytes = \"1MiB\"\n",
        "[state]\nmax_bytes = \"1024KiB\"\n",
    ),
    (
        "defaults that are written down",
        Same,
        "[tools.a]\ndescription = \"A.\"\n",
        "[transport]\nhttp = \"/mcp\"\nsse = \"/sse\"\n[tools.a]\ndescription = \"A.\"\nstate = \"none\"\ntask = \"never\"\ninteractive = false\n",
    ),
    (
        "a moved file of a resource",
        Same,
        "[resources.\"s://terms\"]\nfile = \"terms.md\"\n",
        "[resources.\"s://terms\"]\nfile = \"docs/terms.md\"\n",
    ),
    (
        "a file for a text",
        Same,
        "[resources.\"s://terms\"]\nmime = \"text/markdown\"\ntext = \"All is fine.\\n\"\n",
        "[resources.\"s://terms\"]\nmime = \"text/markdown\"\nfile = \"terms.md\"\n",
    ),
    (
        "a moved file of a prompt",
        Same,
        "[prompts.ask]\ndescription = \"Asks.\"\nparams.what = \"string\"\nfile = \"ask.txt\"\n",
        "[prompts.ask]\ndescription = \"Asks.\"\nparams.what = \"string\"\nfile = \"prompts/ask.txt\"\n",
    ),
    (
        "spaces in the holes of a template",
        Same,
        "[prompts.ask]\ndescription = \"Asks.\"\nparams.what = \"string\"\ntemplate = \"Say {{ what }}.\"\n",
        "[prompts.ask]\ndescription = \"Asks.\"\nparams.what = \"string\"\ntemplate = \"Say {{what}}.\"\n",
    ),
    (
        "a moved schema",
        Same,
        "[tools.a]\ndescription = \"A.\"\ninput_schema = \"a.json\"\n",
        "[tools.a]\ndescription = \"A.\"\ninput_schema = \"schemas/a.json\"\n",
    ),
    (
        "a schema in another order",
        Same,
        "[tools.a]\ndescription = \"A.\"\ninput_schema = \"a.json\"\n",
        "[tools.a]\ndescription = \"A.\"\ninput_schema = \"b.json\"\n",
    ),
    (
        "a schema that says the same otherwise",
        More,
        "[tools.a]\ndescription = \"A.\"\ninput_schema = \"a.json\"\n",
        "[tools.a]\ndescription = \"A.\"\ninput_schema = \"c.json\"\n",
    ),
    (
        "what is not told to clients",
        Same,
        "[state]\nfields.n = { type = \"integer\", default = 0 }\n[tools.a]\ndescription = \"A.\"\n",
        "[transport]\nkeepalive = \"15s\"\nretry = \"2s\"\n[state]\non_update = true\nfields.n = { type = \"integer\", default = 0 }\n[tools.a]\ndescription = \"A.\"\nstate = \"write\"\ninteractive = true\n[schedules.s]\ncron = \"0 8 * * *\"\n",
    ),
    (
        "scopes in another order",
        Same,
        "[auth]\nmode = \"resource\"\nissuer = \"https://a.example\"\nrequired_scopes = [\"x\", \"y\"]\n[auth.scopes]\nx = \"X\"\ny = \"Y\"\n[tools.a]\ndescription = \"A.\"\nrequires = { scopes = [\"x\", \"y\"] }\n",
        "[auth]\nmode = \"resource\"\nissuer = \"https://a.example\"\nrequired_scopes = [\"y\", \"x\"]\n[auth.scopes]\ny = \"Y\"\nx = \"X\"\n[tools.a]\ndescription = \"A.\"\nrequires = { scopes = [\"y\", \"x\"] }\n",
    ),
    (
        "a type that has another name",
        More,
        "[types.T]\nfields.a = \"string\"\n[tools.a]\ndescription = \"A.\"\nparams.t = \"T\"\n",
        "[types.U]\nfields.a = \"string\"\n[tools.a]\ndescription = \"A.\"\nparams.t = \"U\"\n",
    ),
    (
        "a type for fields that were written out",
        More,
        "[tools.a]\ndescription = \"A.\"\nparams.t = { type = \"object\", fields = { a = \"string\" } }\n",
        "[types.T]\nfields.a = \"string\"\n[tools.a]\ndescription = \"A.\"\nparams.t = \"T\"\n",
    ),
    (
        "a moved migration",
        More,
        "[state]\nmigrations = [\"0001_a.sql\"]\n",
        "[state]\nmigrations = [\"sql/0001_a.sql\"]\n",
    ),
    (
        "one more migration",
        More,
        "[state]\nmigrations = [\"sql/0001_a.sql\"]\n",
        "[state]\nmigrations = [\"sql/0001_a.sql\", \"sql/0002_b.sql\"]\n",
    ),
    (
        "a new tool",
        More,
        "[tools.a]\ndescription = \"A.\"\n",
        "[tools.a]\ndescription = \"A.\"\n[tools.b]\ndescription = \"B.\"\nparams.x = \"string\"\n",
    ),
    (
        "a new resource and a new prompt",
        More,
        "[tools.a]\ndescription = \"A.\"\n",
        "[tools.a]\ndescription = \"A.\"\n[resources.\"s://x\"]\ntext = \"X\"\n[prompts.p]\ndescription = \"P.\"\ntemplate = \"P\"\n",
    ),
    (
        "a new optional param",
        More,
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"string\"\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"string\"\nparams.y = { type = \"string\", optional = true }\nparams.z = { type = \"integer\", default = 1 }\n",
    ),
    (
        "a param that became optional",
        More,
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"string\"\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"string\", optional = true }\n",
    ),
    (
        "a required param that got a default",
        More,
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"integer\"\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"integer\", default = 1 }\n",
    ),
    (
        "one more value of a param",
        More,
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"string\", enum = [\"a\"] }\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"string\", enum = [\"a\", \"b\"] }\n",
    ),
    (
        "any value of a param",
        More,
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"string\", enum = [\"a\"] }\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"string\"\n",
    ),
    (
        "wider limits of params",
        More,
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"integer\", minimum = 1, maximum = 9 }\nparams.y = { type = \"string\", min_length = 2, max_length = 9, pattern = \"^a\" }\nparams.z = { type = \"array\", items = \"string\", max_items = 9 }\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"integer\", minimum = 0 }\nparams.y = { type = \"string\", max_length = 99 }\nparams.z = { type = \"array\", items = \"string\", max_items = 99 }\n",
    ),
    (
        "wider types of params",
        More,
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"integer\"\nparams.y = \"string\"\nparams.z = { type = \"array\", items = \"integer\" }\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"number\"\nparams.y = \"any\"\nparams.z = { type = \"array\", items = \"number\" }\n",
    ),
    (
        "wider inside",
        More,
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"object\", fields = { y = { type = \"array\", items = { type = \"object\", fields = { z = \"integer\" } } } } }\n",
        "[tools.a]\ndescription = \"A.\"\nparams.x = { type = \"object\", fields = { y = { type = \"array\", items = { type = \"object\", fields = { z = { type = \"number\", optional = true }, w = { type = \"string\", optional = true } } } } } }\n",
    ),
    (
        "a new field of an answer",
        More,
        "[tools.a]\ndescription = \"A.\"\noutput.x = \"string\"\n",
        "[tools.a]\ndescription = \"A.\"\noutput.x = \"string\"\noutput.y = { type = \"integer\", optional = true }\noutput.z = \"string\"\n",
    ),
    (
        "an answer that keeps closer limits",
        More,
        "[tools.a]\ndescription = \"A.\"\noutput.x = { type = \"string\", optional = true }\noutput.y = { type = \"string\", enum = [\"a\", \"b\"] }\noutput.z = \"number\"\n",
        "[tools.a]\ndescription = \"A.\"\noutput.x = \"string\"\noutput.y = { type = \"string\", enum = [\"a\"] }\noutput.z = { type = \"integer\", minimum = 0 }\n",
    ),
    (
        "structured content where there was none",
        More,
        "[tools.a]\ndescription = \"A.\"\n",
        "[tools.a]\ndescription = \"A.\"\noutput.x = \"string\"\n",
    ),
    (
        "hints that say it is more harmless",
        More,
        "[tools.a]\ndescription = \"A.\"\n",
        "[tools.a]\ndescription = \"A.\"\nannotations = { read_only = true, open_world = false }\n",
    ),
    (
        "a question before it runs",
        More,
        "[tools.a]\ndescription = \"A.\"\n",
        "[tools.a]\ndescription = \"A.\"\nconfirm = \"Really?\"\n",
    ),
    (
        "a tool that may run as a task",
        More,
        "[tools.a]\ndescription = \"A.\"\n",
        "[tools.a]\ndescription = \"A.\"\ntask = \"optional\"\n",
    ),
    (
        "a tool with another name that answers to the old one",
        More,
        "[tools.a]\ndescription = \"A.\"\nparams.x = \"string\"\n",
        "[tools.b]\ndescription = \"A.\"\nparams.x = \"string\"\naliases = [\"a\"]\n",
    ),
    (
        "a tool that will go",
        More,
        "[tools.a]\ndescription = \"A.\"\n[tools.b]\ndescription = \"B.\"\n",
        "[tools.a]\ndescription = \"A.\"\ndeprecated = { since = \"1.0.0\", use = \"b\" }\n[tools.b]\ndescription = \"B.\"\n",
    ),
    (
        "a resource that can be subscribed to",
        More,
        "[state]\nfields.n = { type = \"integer\", default = 0 }\n[resources.\"s://n\"]\nfield = \"n\"\n",
        "[state]\nfields.n = { type = \"integer\", default = 0 }\n[resources.\"s://n\"]\nfield = \"n\"\nsubscribe = true\n",
    ),
    (
        "more of the state, and wider",
        More,
        "[state]\nfields.n = { type = \"integer\", default = 0, maximum = 9 }\n",
        "[state]\nmax_bytes = \"1MiB\"\nsync = \"readonly\"\nfields.n = { type = \"integer\", default = 1 }\nfields.m = { type = \"string\", optional = true }\n",
    ),
    (
        "another shape of the state, under another version",
        More,
        "[state]\nfields.n = { type = \"integer\", default = 0 }\n",
        "[state]\nversion = 2\nfields.m = { type = \"string\", default = \"\" }\n",
    ),
    (
        "HTTP+SSE where it was off",
        More,
        "[transport]\nsse = false\n",
        "[transport]\nsse = \"/sse\"\n",
    ),
    (
        "one more scope that nothing needs",
        More,
        "[auth]\nmode = \"resource\"\nissuer = \"https://a.example\"\n[auth.scopes]\nx = \"X\"\n",
        "[auth]\nmode = \"resource\"\nissuer = \"https://a.example\"\n[auth.scopes]\nx = \"X\"\ny = \"Y\"\n",
    ),
];

#[test]
fn nothing_is_said_of_them() {
    assert!(CHANGES.len() >= 30);
    let mut wrong = String::new();
    for (name, wire, before, after) in CHANGES {
        let make = |text: &str| {
            // A dotted key belongs before the first table.
            let text = if text.starts_with("tools.") {
                format!("{text}{SERVER}")
            } else {
                format!("{SERVER}{text}")
            };
            contract(&loaded(name, &text, &Beside))
        };
        let (base, head) = (make(before), make(after));
        for it in compare(&base, &head).findings {
            wrong += &format!("{name}: {} {}: {}\n", it.rule, it.address, it.message);
        }
        let same = lock::write(&base) == lock::write(&head);
        if same != (*wire == Same) {
            wrong += &format!("{name}: the locks are the same: {same}\n");
        }
        if *wire == Same && compare(&base, &head).differs {
            wrong += &format!("{name}: it differs\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
