//! Declarations that load, and what they load as.

mod common;

use common::{Folder, Memory, PRELUDE, root, valid};
use mcp_agent_codegen::model::*;

fn rich() -> mcp_agent_codegen::Loaded {
    let folder = root().join("codegen/tests/rich");
    let text = std::fs::read_to_string(folder.join("mcp.toml")).unwrap();
    valid(&text, &Folder(folder))
}

#[test]
fn the_reference_declaration() {
    let text = std::fs::read_to_string(root().join("mcp.toml")).unwrap();
    let loaded = valid(&text, &Folder(root()));
    assert_eq!(loaded.notes, []);
    let agent = loaded.agent;
    assert_eq!(agent.server.name, "counter");
    let names: Vec<_> = agent
        .tools
        .iter()
        .map(|t| (t.name.as_str(), t.access))
        .collect();
    assert_eq!(
        names,
        [
            ("add", Access::Write),
            ("value", Access::Read),
            ("greet", Access::None)
        ]
    );
    assert_eq!(
        agent.resources[0].body,
        ResourceBody::Field("counter".into())
    );
    assert_eq!(agent.resources[0].mime.as_deref(), Some("application/json"));
    assert_eq!(agent.resources[0].access, Access::Read);
    let PromptBody::Template(pieces) = &agent.prompts[0].body else {
        panic!("a template")
    };
    assert_eq!(pieces[1], Piece::State("counter".into()));
    assert_eq!(pieces[3], Piece::Param("tone".into()));
    assert_eq!(agent.prompts[0].access, Access::Read);
}

#[test]
fn defaults_are_filled_in() {
    let agent = valid(PRELUDE, &Memory::default()).agent;
    assert_eq!(
        agent.transport,
        Transport {
            http: "/mcp".into(),
            sse: Some("/sse".into()),
            hosts: vec![],
            origins: vec![],
            keepalive_ms: 25_000,
            session_ttl_ms: 86_400_000,
            stream_ttl_ms: 600_000,
            task_ttl_ms: 3_600_000,
            retry_ms: 1_000,
            max_body: 4 << 20,
            cors: Cors {
                allow_headers: vec![],
                expose_headers: vec![],
                max_age_s: 7_200,
            },
        }
    );
    assert_eq!(agent.server.cache_ms, 300_000);
    assert_eq!(agent.server.page_size, None);
    assert_eq!(agent.state, None);
    assert_eq!(agent.deploy.compatibility_date, "2026-07-01");
    assert_eq!(agent.deploy.panic, Panic::Abort);
    let text = format!("{PRELUDE}[transport]\nsse = false\n[state]\n");
    let agent = valid(&text, &Memory::default()).agent;
    assert_eq!(agent.transport.sse, None);
    let state = State {
        scope: Scope::Server,
        sync: SyncMode::Off,
        admin: None,
        version: 1,
        max_bytes: 65_536,
        migrations: vec![],
        on_update: false,
        fields: vec![],
    };
    assert_eq!(agent.state, Some(state));
}

#[test]
fn settings_of_the_rich_one() {
    let loaded = rich();
    let agent = &loaded.agent;
    assert_eq!(
        loaded.files,
        [
            "schemas/catalog.json",
            "migrations/0001_orders.sql",
            "docs/returns.md",
            "docs/logo.png",
            "prompts/filed.txt"
        ]
    );
    let notes: Vec<_> = loaded.notes.iter().map(|note| note.code.as_str()).collect();
    assert_eq!(notes, ["W0310"]);
    assert_eq!(agent.server.cache_ms, 600_000);
    assert_eq!(
        (agent.transport.keepalive_ms, agent.transport.session_ttl_ms),
        (15_000, 172_800_000)
    );
    assert_eq!(agent.transport.max_body, 512 << 10);
    assert_eq!(
        (agent.transport.stream_ttl_ms, agent.transport.retry_ms),
        (3_600_000, 500)
    );
    let cors = Cors {
        allow_headers: vec!["x-tenant".into()],
        expose_headers: vec!["x-request-id".into()],
        max_age_s: 600,
    };
    assert_eq!(agent.transport.cors, cors);
    assert_eq!(agent.server.page_size, Some(2));
    assert_eq!(agent.server.icons.len(), 2);
    let state = agent.state.as_ref().unwrap();
    assert_eq!(
        (state.scope.clone(), state.version, state.max_bytes),
        (Scope::Session, 2, 1 << 20)
    );
    assert_eq!(
        agent.deploy.vars,
        [("REGION".into(), "eu".into()), ("_X".into(), String::new())]
    );
}

#[test]
fn review_of_the_rich_one() {
    let review = rich().agent.review.clone();
    let weights = [
        ("TOOL_DESCRIPTION_CHANGED", ReviewSeverity::Warn),
        ("TITLE_CHANGED", ReviewSeverity::Off),
        ("TOO_MANY_TOOLS", ReviewSeverity::Error),
    ];
    let allow = |rule: &str, at: &str, until: Option<&str>, why: &str| Allow {
        rule: rule.into(),
        at: at.into(),
        until: until.map(Into::into),
        why: why.into(),
    };
    let expected = Review {
        level: ReviewLevel::Behaviour,
        severity: weights.map(|(rule, it)| (rule.to_owned(), it)).into(),
        // A place is in the one form that it has, whatever was quoted.
        allow: vec![
            allow(
                "PARAM_REMOVED",
                "tools.search-orders.params.reason",
                Some("1.5.0"),
                "unused since 1.1",
            ),
            allow(
                "RESOURCE_REMOVED",
                "resources.\"docs://old\"",
                None,
                "nobody reads it",
            ),
        ],
        tokens: Some(20_000),
    };
    assert_eq!(review, expected);
    let none = valid(PRELUDE, &Memory::default()).agent.review.clone();
    assert_eq!(none, Review::default());
}

#[test]
fn tools_of_the_rich_one() {
    let agent = rich().agent;
    let tools: Vec<_> = agent
        .tools
        .iter()
        .map(|t| (t.name.as_str(), t.method.as_str()))
        .collect();
    let expected = [
        ("search-orders", "search_orders"),
        ("get", "get"),
        ("type", "r#type"),
        ("import.catalog", "import_catalog"),
        ("ping", "ping"),
        ("add_item", "add_item"),
        ("refund", "refund"),
        ("audit", "audit"),
        ("create_cart", ""),
        ("close_cart", ""),
        ("create_desk", ""),
        ("close_desk", ""),
    ];
    assert_eq!(tools, expected);
    let outputs: Vec<_> = agent.tools[1..5].iter().map(|t| t.output.clone()).collect();
    assert_eq!(
        outputs,
        [
            Output::Named("Order".into()),
            Output::Content,
            Output::Text,
            Output::Text
        ]
    );
    let Input::Schema { path, text } = &agent.tools[3].input else {
        panic!("a schema")
    };
    assert_eq!(path, "schemas/catalog.json");
    assert!(text.starts_with('{') && text.ends_with('}'));
    assert_eq!(agent.tools[4].input, Input::Fields(vec![]));
    let Input::Fields(params) = &agent.tools[0].input else {
        panic!("params")
    };
    assert_eq!(
        params[1].ty,
        Type::Integer {
            minimum: Some(1),
            maximum: Some(100)
        }
    );
    assert_eq!(params[1].default, Some(20.into()));
    assert!(params[0].optional);
}

#[test]
fn what_the_rich_one_says_of_the_past_and_the_end_of_its_tools() {
    let agent = rich().agent;
    let of = |name: &str| agent.tools.iter().find(|it| it.name == name).unwrap();
    assert_eq!(
        of("search-orders").aliases,
        ["search_orders", "find.orders"]
    );
    assert_eq!(of("search-orders").deprecated, None);
    assert_eq!(of("get").aliases, ["fetch"]);
    let deprecated = |since: &str, sunset: Option<&str>, replacement: Option<&str>| Deprecated {
        since: since.into(),
        sunset: sunset.map(Into::into),
        replacement: replacement.map(Into::into),
    };
    assert_eq!(
        of("get").deprecated,
        Some(deprecated("1.2.0", Some("2.0.0"), Some("search-orders")))
    );
    assert_eq!(of("ping").deprecated, Some(deprecated("1.3.0", None, None)));
    assert!(of("create_cart").aliases.is_empty() && of("create_cart").deprecated.is_none());
    // What a tool is told to be does not show in what its handler is told.
    assert_eq!(of("ping").description, "Say something.");
}

#[test]
fn handles_of_the_rich_one() {
    let agent = rich().agent;
    let handles: Vec<_> = agent
        .handles
        .iter()
        .map(|h| (h.name.as_str(), h.type_name.as_str(), h.ttl_ms))
        .collect();
    let expected = [("cart", "Cart", 5_400_000), ("desk", "Desk", 86_400_000)];
    assert_eq!(handles, expected);
    assert_eq!(agent.handles[0].fields.len(), 2);
    let taken = |name: &str| {
        let tool = agent.tools.iter().find(|tool| tool.name == name).unwrap();
        (tool.body, tool.handle.as_deref())
    };
    assert_eq!(taken("ping"), (ToolBody::Handler, None));
    assert_eq!(taken("add_item"), (ToolBody::Handler, Some("cart")));
    assert_eq!(taken("create_cart"), (ToolBody::Create, Some("cart")));
    assert_eq!(taken("close_desk"), (ToolBody::Close, Some("desk")));
}

#[test]
fn what_tools_of_the_rich_one_ask_and_wait_for() {
    let agent = rich().agent;
    let tool = |name: &str| agent.tools.iter().find(|tool| tool.name == name).unwrap();
    assert_eq!(
        tool("refund").confirm.as_deref(),
        Some("Pay {amount} of {id} back {{now}}?")
    );
    assert_eq!(tool("refund").task, Task::Optional);
    assert_eq!(tool("audit").task, Task::Required);
    assert_eq!(
        (tool("ping").confirm.as_ref(), tool("ping").task),
        (None, Task::Never)
    );
}

#[test]
fn resources_of_the_rich_one() {
    let agent = rich().agent;
    let resources: Vec<_> = agent
        .resources
        .iter()
        .map(|r| (r.uri.as_str(), r.name.as_str(), r.mime.as_deref(), r.access))
        .collect();
    let expected = [
        (
            "docs://returns",
            "docs_returns",
            Some("text/markdown"),
            Access::None,
        ),
        ("docs://logo", "docs_logo", Some("image/png"), Access::None),
        (
            "docs://terms",
            "docs_terms",
            Some("text/markdown; charset=utf-8"),
            Access::None,
        ),
        (
            "state://recent",
            "state_recent",
            Some("application/json"),
            Access::Read,
        ),
        (
            "state://currency",
            "state_currency",
            Some("text/plain"),
            Access::Read,
        ),
        ("orders://{id}/{part}", "orders_id_part", None, Access::Read),
        ("https://acme.example/status", "status", None, Access::None),
        (
            "orders://by-status/{status}",
            "orders_by_status_status",
            Some("application/json"),
            Access::Read,
        ),
    ];
    assert_eq!(resources, expected);
    assert!(matches!(agent.resources[1].body, ResourceBody::Blob(_)));
    let variables: Vec<_> = agent.resources[5]
        .params
        .iter()
        .map(|p| (p.name.as_str(), p.ty.clone()))
        .collect();
    let parts = Type::Enum(vec!["head".into(), "lines".into()]);
    assert_eq!(
        variables,
        [("id", Type::String(StringType::default())), ("part", parts)]
    );
    assert_eq!(agent.resources[6].method, "status");
}

#[test]
fn prompts_of_the_rich_one() {
    let agent = rich().agent;
    let PromptBody::Template(pieces) = &agent.prompts[0].body else {
        panic!("a template")
    };
    assert_eq!(pieces.last(), Some(&Piece::Text(" { } }}".into())));
    assert_eq!(agent.prompts[0].access, Access::Read);
    assert_eq!(
        agent.prompts[1].body,
        PromptBody::Template(vec![Piece::Text("Filed.\n".into())])
    );
    assert_eq!(
        (agent.prompts[2].body.clone(), agent.prompts[2].access),
        (PromptBody::Handler, Access::Read)
    );
}

#[test]
fn what_handlers_of_the_rich_one_are_given_and_return() {
    let agent = rich().agent;
    let interactive: Vec<_> = agent
        .tools
        .iter()
        .filter(|tool| tool.interactive)
        .map(|tool| tool.name.as_str())
        .collect();
    assert_eq!(interactive, ["get"]);
    let order = &agent.resources[5];
    assert!(order.interactive && order.content && order.subscribe);
    assert_eq!(
        order.params.iter().map(|p| p.complete).collect::<Vec<_>>(),
        [true, false]
    );
    assert!(agent.resources[3].subscribe && !agent.resources[4].subscribe);
    let coded = &agent.prompts[2];
    assert!(coded.interactive && coded.content && coded.params[0].complete);
    assert!(!agent.prompts[0].content && !agent.prompts[0].params[1].complete);
}

/// A table may be written in several places; the order is that of the names' first occurrences.
#[test]
fn the_order_is_that_of_the_file() {
    let text = format!(
        "{PRELUDE}[tools.b]\ndescription = \"B\"\n[tools.a.params]\nz = \"string\"\ny = \"string\"\n[tools.c]\ndescription = \"C\"\n\
         [tools.a]\ndescription = \"A\"\n"
    );
    let agent = valid(&text, &Memory::default()).agent;
    let names: Vec<_> = agent.tools.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names.len(), 3);
    assert_eq!(names[0], "b");
    let Input::Fields(params) = &agent.tools.iter().find(|t| t.name == "a").unwrap().input else {
        panic!("params")
    };
    assert_eq!(
        params.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
        ["z", "y"]
    );
}

/// The usual declaration is loaded in far less than a person or a build could notice.
#[test]
fn loading_a_thousand_tools_is_quick() {
    let tool = |n: usize| {
        format!(
            "[tools.t{n}]\ndescription = \"Tool {n}\"\nparams.a = {{ type = \"integer\", minimum = 0 }}\nparams.b = \"string\"\n"
        )
    };
    let text = PRELUDE.to_owned() + &(0..1_000).map(tool).collect::<String>();
    assert_eq!(valid(&text, &Memory::default()).agent.tools.len(), 1_000);
}

#[test]
fn an_issuer_of_an_upstream() {
    let with = |provider: &str| {
        format!(
            "{PRELUDE}\n[auth]\nmode = \"oauth\"\n[auth.upstream]\nprovider = \"{provider}\"\nissuer = \"https://code.example.com\"\nclient_id = {{ var = \"ID\" }}\nclient_secret = {{ secret = \"SECRET\" }}\n"
        )
    };
    // A GitHub Enterprise Server is GitHub, somewhere else.
    for provider in ["github", "oidc"] {
        let agent = valid(&with(provider), &Memory::default()).agent;
        let Some(AuthMode::OAuth(oauth)) = agent.auth.as_ref().map(|auth| &auth.mode) else {
            panic!("an authorization server")
        };
        let issuer = oauth.upstream.issuer.as_deref();
        assert_eq!(issuer, Some("https://code.example.com"));
        assert_eq!((oauth.store, oauth.access_s), (Store::Object, 3600));
    }
    let text = with("google");
    let source = mcp_agent_codegen::Source {
        name: "mcp.toml",
        text: &text,
    };
    let report = mcp_agent_codegen::load(source, &Memory::default()).expect_err("it is refused");
    let report = report.render(source, false);
    assert!(
        report.contains("`issuer` says nothing with `provider = \"google\"`"),
        "{report}"
    );
}
