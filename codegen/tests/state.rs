//! Tables of an agent's own, and what happens beside MCP: declarations that load, and what they load as.

mod common;

use common::{Memory, PRELUDE, valid};
use mcp_agent_codegen::model::*;

#[test]
fn tables_and_what_shows_them() {
    let text = format!(
        "{PRELUDE}[state]\nmigrations = [\"sql/1_notes.sql\", \"sql/2_days.sql\"]\n[resources.\"notes://recent\"]\nquery = \"SELECT * FROM notes;\"\nsubscribe = true\n\
         [resources.\"notes://{{day}}/{{id}}\"]\nmime = \"text/x-notes\"\nquery = \"SELECT ':day' FROM notes WHERE id = :id AND day = :day\"\nparams.day = {{ type = \"string\", complete = true }}\n"
    );
    let files = Memory::default()
        .with("sql/1_notes.sql", "CREATE TABLE notes (id);\r\n")
        .with("sql/2_days.sql", "\u{feff}CREATE TABLE days (id);");
    let loaded = valid(&text, &files);
    assert_eq!(loaded.files, ["sql/1_notes.sql", "sql/2_days.sql"]);
    let migrations = &loaded.agent.state.as_ref().unwrap().migrations;
    assert_eq!(migrations[0].path, "sql/1_notes.sql");
    assert_eq!(migrations[0].text, "CREATE TABLE notes (id);\r\n");
    assert_eq!(migrations[1].text, "CREATE TABLE days (id);");
    assert_eq!(migrations[0].hash.len(), 64);
    let [recent, one] = loaded.agent.resources.as_slice() else {
        panic!("two resources")
    };
    let query = |text: &str| ResourceBody::Query(text.to_owned());
    assert_eq!(recent.body, query("SELECT * FROM notes"));
    assert_eq!(recent.mime.as_deref(), Some("application/json"));
    assert_eq!((recent.access, recent.subscribe), (Access::Read, true));
    assert_eq!(
        one.body,
        query("SELECT ':day' FROM notes WHERE id = ?2 AND day = ?1")
    );
    assert_eq!(one.mime.as_deref(), Some("text/x-notes"));
    assert_eq!(one.method, "notes_day_id");
}

#[test]
fn what_happens_beside_mcp() {
    let text = format!(
        "{PRELUDE}[state]\nversion = 3\non_update = true\n[schedules.morning-report]\ndescription = \"Reports.\"\ncron = \"0 8 * * *\"\n\
         [schedules.forget]\nattempts = 1\nstate = \"none\"\n[websocket]\n[request]\npath = \"/\"\n"
    );
    let agent = valid(&text, &Memory::default()).agent;
    let state = agent.state.as_ref().unwrap();
    assert_eq!((state.version, state.on_update), (3, true));
    let report = Schedule {
        name: "morning-report".into(),
        method: "morning_report".into(),
        description: Some("Reports.".into()),
        cron: Some("0 8 * * *".into()),
        attempts: 5,
        access: Access::Write,
    };
    let forget = Schedule {
        name: "forget".into(),
        method: "forget".into(),
        description: None,
        cron: None,
        attempts: 1,
        access: Access::None,
    };
    assert_eq!(agent.schedules, [report, forget]);
    let websocket = WebSocket {
        path: "/ws".into(),
        access: Access::Write,
    };
    assert_eq!(agent.websocket, Some(websocket));
    let request = Request {
        path: "/".into(),
        access: Access::None,
    };
    assert_eq!(agent.request, Some(request));
}

#[test]
fn paths_of_its_own_are_its_own() {
    let codes = |declared: &str| {
        let text = format!("{PRELUDE}[state]\n{declared}");
        common::codes(&text, &Memory::default())
    };
    for (declared, expected) in [
        ("[websocket]\npath = \"/mcp\"\n", &["E0702"][..]),
        ("[websocket]\npath = \"/sse/message\"\n", &["E0702"]),
        ("[websocket]\npath = \"/sse/more\"\n", &[]),
        (
            "[transport]\nsse = false\n[websocket]\npath = \"/sse\"\n",
            &[],
        ),
        ("[request]\npath = \"/*\"\n", &["E0702"]),
        ("[request]\npath = \"/sse/*\"\n", &["E0702"]),
        ("[request]\npath = \"/ws\"\n", &[]),
        ("[websocket]\n[request]\npath = \"/ws\"\n", &["E0702"]),
        ("[websocket]\n[request]\npath = \"/ws/*\"\n", &[]),
        (
            "[websocket]\npath = \"/a/b\"\n[request]\npath = \"/a/*\"\n",
            &["E0702"],
        ),
        ("[request]\npath = \"/.well-known/*\"\n", &["E0701"]),
        ("[request]\npath = \"hooks/*\"\n", &["E0701"]),
        ("[request]\n", &["E0009"]),
    ] {
        assert_eq!(codes(declared), expected, "{declared}");
    }
}

/// `[auth]` of a mode in which callers have claims.
const ASKED: &str = "[auth]\nmode = \"resource\"\nissuer = \"https://id.example.com/\"\n";

#[test]
fn whose_it_is() {
    let scope = |declared: &str| {
        let text = format!("{PRELUDE}[state]\n{declared}{ASKED}");
        let loaded = valid(&text, &Memory::default());
        loaded.agent.state.as_ref().unwrap().scope.clone()
    };
    let tenant = |names: &[&str]| Scope::Tenant {
        claim: names.iter().map(|it| (*it).to_owned()).collect(),
    };
    assert_eq!(scope("scope = \"user\"\n"), Scope::User);
    assert_eq!(
        scope("scope = \"tenant\"\nclaim = \"org\"\n"),
        tenant(&["org"])
    );
    // As in roles and params, with or without the word.
    assert_eq!(
        scope("scope = \"tenant\"\nclaim = \"claims.account.org\"\n"),
        tenant(&["account", "org"])
    );
    assert_eq!(
        scope("scope = \"tenant\"\nclaim = '\"https://acme.example/org\".id'\n"),
        tenant(&["https://acme.example/org", "id"])
    );
}

/// What happens beside MCP happens in the object of a user or a tenant too.
#[test]
fn a_state_of_somebody_has_all_that_a_state_has() {
    for scope in [
        "scope = \"user\"\n",
        "scope = \"tenant\"\nclaim = \"org\"\n",
    ] {
        let text = format!(
            "{PRELUDE}[state]\n{scope}on_update = true\nfields.n = {{ type = \"integer\", default = 0 }}\n\
             [resources.\"n://n\"]\nfield = \"n\"\nsubscribe = true\n[schedules.tidy]\ncron = \"0 3 * * *\"\n\
             [websocket]\n[request]\npath = \"/hooks/*\"\nstate = \"write\"\n[handles.cart]\n\
             [tools.slow]\ndescription = \"Takes its time\"\ntask = \"optional\"\nstate = \"write\"\nhandle = \"cart\"\n{ASKED}"
        );
        valid(&text, &Memory::default());
    }
}

#[test]
fn whose_it_may_not_be() {
    let codes = |declared: &str| {
        let text = format!("{PRELUDE}{declared}");
        common::codes(&text, &Memory::default())
    };
    let asked = |state: &str| codes(&format!("[state]\n{state}{ASKED}"));
    assert_eq!(codes("[state]\nscope = \"user\"\n"), ["E1006"]);
    assert_eq!(
        codes("[state]\nscope = \"tenant\"\nclaim = \"org\"\n[auth]\nmode = \"none\"\n"),
        ["E1006"]
    );
    // Each mistake of one declaration is told, and none that follows from another.
    assert_eq!(codes("[state]\nscope = \"tenant\"\n"), ["E0009", "E1006"]);
    assert_eq!(codes("[state]\nscope = \"user\"\n[auth]\n"), ["E0009"]);
    assert_eq!(asked("scope = \"tenants\"\nclaim = \"org\"\n"), ["E0010"]);
    assert_eq!(asked("scope = 1\nclaim = \"org\"\n"), ["E0005"]);
    assert_eq!(asked("claim = \"org\"\n"), ["E0619"]);
    assert_eq!(asked("scope = \"session\"\nclaim = \"org\"\n"), ["E0619"]);
    for claim in ["", "org.", "an org"] {
        let declared = format!("scope = \"tenant\"\nclaim = \"{claim}\"\n");
        assert_eq!(asked(&declared), ["E1010"], "{claim}");
    }
}

/// Where the declaration says what is known of callers, the claim of a tenant is among it.
#[test]
fn somebody_is_a_tenant() {
    let codes = |claim: &str, auth: &str| {
        let state = format!("[state]\nscope = \"tenant\"\nclaim = '{claim}'\n");
        let text = format!("{PRELUDE}{state}[auth]\n{auth}");
        common::codes(&text, &Memory::default())
    };
    let bearer = "mode = \"bearer\"\n[auth.bearer.a]\ntoken = { secret = \"A\" }\n[auth.bearer.b]\ntoken = { secret = \"B\" }\nclaims = { org = { id = 1 } }\n";
    let oauth = |upstream: &str| format!("mode = \"oauth\"\n[auth.upstream]\n{upstream}\n");
    let github = oauth(
        "provider = \"github\"\nclient_id = { secret = \"I\" }\nclient_secret = { secret = \"S\" }\nclaims = { org = \"company\" }",
    );
    let password = oauth("provider = \"password\"\npassword = { secret = \"P\" }");
    let access = "mode = \"access\"\nteam = \"acme\"\naudience = { secret = \"ACCESS_AUD\" }\n";
    for (claim, auth, expected) in [
        ("org.id", bearer, &[][..]),
        ("sub", bearer, &[]),
        ("email", bearer, &["E1013"]),
        ("org", &github, &[]),
        ("email", &github, &[]),
        ("company", &github, &[]),
        ("sub", &password, &[]),
        ("email", &password, &["E1013"]),
        ("\"https://acme.example/org\"", access, &[]),
    ] {
        assert_eq!(codes(claim, auth), expected, "{claim} {auth}");
    }
}

#[test]
fn what_pages_see_and_set() {
    let text = format!(
        "{PRELUDE}[state]\nsync = \"readwrite\"\nfields.a = {{ type = \"integer\", default = 0, writable = true }}\n\
         fields.b = {{ type = \"integer\", default = 0, writable = false }}\nfields.c = {{ type = \"string\", optional = true, writable = true }}\n"
    );
    let agent = valid(&text, &Memory::default()).agent;
    let state = agent.state.as_ref().unwrap();
    assert_eq!(state.sync, SyncMode::ReadWrite);
    let writable: Vec<_> = state.writable().map(|it| it.name.as_str()).collect();
    assert_eq!(writable, ["a", "c"]);
    let codes = |declared: &str| {
        let text = format!("{PRELUDE}[state]\n{declared}");
        common::codes(&text, &Memory::default())
    };
    let field =
        |writable: &str| format!("fields.a = {{ type = \"integer\", default = 0{writable} }}\n");
    let (plain, writable) = (field(""), field(", writable = true"));
    for (declared, expected) in [
        // Without fields there is nothing to see, and tools to be called.
        ("sync = \"readonly\"\n".to_owned(), &[][..]),
        (format!("sync = \"readonly\"\n{plain}"), &[]),
        (format!("sync = \"off\"\n{plain}"), &[]),
        (writable.clone(), &["E0622"]),
        (format!("sync = \"off\"\n{writable}"), &["E0622"]),
        (format!("sync = \"readonly\"\n{writable}"), &["E0622"]),
        (format!("sync = \"readwrite\"\n{plain}"), &["E0621"]),
        ("sync = \"readwrite\"\n".to_owned(), &["E0621"]),
        (format!("sync = \"write\"\n{writable}"), &["E0010"]),
        (format!("sync = true\n{writable}"), &["E0005"]),
        (
            format!("scope = \"session\"\nsync = \"readwrite\"\n{writable}"),
            &["E0620"],
        ),
        (format!("scope = \"session\"\nsync = \"off\"\n{plain}"), &[]),
    ] {
        assert_eq!(codes(&declared), expected, "{declared}");
    }
}

#[test]
fn paths_of_pages_are_theirs() {
    let codes = |declared: &str| {
        let text = format!("{PRELUDE}[state]\nsync = \"readonly\"\n{declared}");
        common::codes(&text, &Memory::default())
    };
    for (declared, expected) in [
        (
            "[websocket]\npath = \"/agents/fixture/default\"\n",
            &["E0702"][..],
        ),
        (
            "[request]\npath = \"/agents/fixture/me/ticket\"\n",
            &["E0702"],
        ),
        ("[request]\npath = \"/agents/fixture/*\"\n", &["E0702"]),
        ("[request]\npath = \"/agents/fixture/a/*\"\n", &["E0702"]),
        ("[request]\npath = \"/agents/*\"\n", &["E0702"]),
        ("[transport]\nhttp = \"/agents/fixture/mcp\"\n", &["E0702"]),
        ("[transport]\nsse = \"/agents/fixture\"\n", &["E0702"]),
        (
            "[transport]\nhttp = \"/agents/fixture/mcp\"\nsse = \"/agents/fixture/sse\"\n",
            &["E0702", "E0702"],
        ),
        // What is beside them is free.
        ("[request]\npath = \"/agents/fixture\"\n", &[]),
        ("[request]\npath = \"/agents/fixtures/*\"\n", &[]),
        ("[websocket]\npath = \"/agents/other/default\"\n", &[]),
        (
            "[transport]\nhttp = \"/\"\n[websocket]\npath = \"/live\"\n",
            &[],
        ),
    ] {
        assert_eq!(codes(declared), expected, "{declared}");
    }
    let text = format!("{PRELUDE}[state]\n[request]\npath = \"/agents/fixture/*\"\n");
    assert_eq!(common::codes(&text, &Memory::default()), [""; 0]);
}
