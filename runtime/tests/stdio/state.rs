//! A state that outlives its process.

use crate::agent::Desk;
use crate::client::{Client, alone, call, text};
use mcp_agent::memory::Storage;
use mcp_agent::serde_json::json;
use mcp_agent::stdio::Sqlite;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

fn open(file: &Path) -> Client {
    let file = file.to_owned();
    Client::over::<Desk>(move || Rc::new(Sqlite::open(&file).expect("a file")))
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
        _ => fs::create_dir_all(&folder).expect("a folder"),
    }
    folder
}

#[test]
fn a_state_in_a_file_outlives_its_process() {
    let file = folder("outlives").join("state.db");
    for round in 1..4 {
        let mut client = open(&file);
        client.initialize("2025-11-25");
        let total = client.ask(&call(2, "add", json!({ "n": 1 })));
        assert_eq!(text(&total), (2 * round - 1).to_string());
        let total = client.ask(&alone(call(3, "add", json!({ "n": 1 }))));
        assert_eq!(text(&total), (2 * round).to_string());
        // A session ends with its process, whatever it was at.
        client.send(&call(4, "ask", json!({})));
        assert_eq!(client.next()["method"], "notifications/progress");
        client.next();
        client.end().1.expect("it ends well");
        let storage = Sqlite::open(&file).expect("a file");
        let tables = storage.tables().expect("tables");
        let sessions = tables.iter().filter(|name| name.contains("session:"));
        assert!(sessions.count() <= 1, "{tables:?}");
    }
}

#[test]
fn a_file_has_one_process() {
    let file = folder("alone").join("state.db");
    let first = Sqlite::open(&file).expect("a file");
    let second = Sqlite::open(&file).err().expect("a refusal").to_string();
    assert!(second.contains("another process has the state"), "{second}");
    drop(first);
    Sqlite::open(&file).expect("a file again");
}

#[test]
fn a_file_of_something_else_is_left_alone() {
    let folder = folder("else");
    let text = folder.join("notes.txt");
    fs::write(
        &text,
        "These are notes, and long enough to be looked at as a database that they are not. "
            .repeat(20),
    )
    .expect("a file");
    let refused = Sqlite::open(&text).err().expect("a refusal").to_string();
    assert!(refused.contains("is not a file of states"), "{refused}");
    assert!(
        fs::read_to_string(&text)
            .expect("a file")
            .starts_with("These are notes")
    );
    let missing = Sqlite::open(&folder.join("no/such/state.db"))
        .err()
        .expect("a refusal");
    assert!(
        missing.to_string().contains("cannot be opened"),
        "{missing}"
    );
}

#[test]
fn rows_are_listed_in_the_order_of_bytes() {
    let file = folder("rows").join("state.db");
    let storage = Sqlite::open(&file).expect("a file");
    for key in ["b/2", "a", "b/", "b/ö", "b/10", "c", "B/1"] {
        storage.put("t", key, key).expect("a row");
    }
    let keys = |prefix: &str, after: &str| -> Vec<String> {
        let rows = storage.list("t", prefix, after).expect("rows");
        rows.into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(keys("b/", ""), ["b/", "b/10", "b/2", "b/ö"]);
    assert_eq!(keys("b/", "b/10"), ["b/2", "b/ö"]);
    assert_eq!(keys("", ""), ["B/1", "a", "b/", "b/10", "b/2", "b/ö", "c"]);
    storage.clear("t", "b/").expect("cleared");
    storage.delete("t", "a").expect("deleted");
    storage.put("t", "c", "new").expect("a row");
    assert_eq!(keys("", ""), ["B/1", "c"]);
    assert_eq!(
        storage.get("t", "c").expect("a row").as_deref(),
        Some("new")
    );
    assert_eq!(storage.tables().expect("tables"), ["t"]);
    // Without a commit nothing was ever there.
    drop(storage);
    let storage = Sqlite::open(&file).expect("a file");
    assert_eq!(storage.tables().expect("tables"), [""; 0]);
}
