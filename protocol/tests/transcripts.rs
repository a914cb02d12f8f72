//! Dialogues in text, each about a paragraph of the specification, played in virtual time.
//!
//! ```text
//! # Words.
//! catalog counter            counter (as if it were said), session, empty, rich, rich-sessions or kept
//! session 2025-06-18         sends `initialize` and keeps the token as $session
//! wait 1000                  milliseconds pass
//! > POST /mcp                a request: defaults for Host, Content-Type and Accept are added
//! > accept: text/event-stream
//! > -origin                  takes a default away
//! >
//! > {"jsonrpc":"2.0"}        the body; $META is a good `_meta` of 2026-07-28
//! ! tool add state:server {"a":1}        the handler that must be called, where (here, in the session's object, in another), and with what
//! ? text now 2               what it answers, as `player/answers.rs` has it; in a batch, the next call may follow
//! < 200                      the response; headers that are named must be there
//! < mcp-session-id: $session keeps a value
//! < -vary                    must not be there
//! <
//! < {"jsonrpc":"2.0"}        compared as JSON if it is, else as it is
//! >> {"jsonrpc":"2.0"}       a message of an HTTP+SSE client, in the object of the stream opened last
//! ```

mod common;
mod player;

use player::Player;
use std::fs;
use std::path::Path;

#[test]
fn dialogues() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        Player::new(&name).play(&fs::read_to_string(&file).unwrap());
    }
}
