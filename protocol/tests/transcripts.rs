//! Dialogues in text, each about a paragraph of the specification, played in virtual time.
//!
//! ```text
//! # Words.
//! catalog counter            counter (as if it were said), session, empty, rich, rich-sessions, kept, mirrored, renamed, talk or talk-more
//! session 2025-06-18 {}      sends `initialize` with these capabilities and keeps the token as $session
//! wait 1000                  milliseconds pass, and alarms go off
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
//!
//! In kept sessions, about the object that was spoken to last:
//!
//! ```text
//! ! stop 1, watch a:b on, end            what the host must do beside its reply
//! * progress 1 2 words       what the handler says: how far, out of how many; with that, its call begins, and has a stream
//! * log info - {"a":1}       the same, from `-` or a logger
//! * close                    lets its client go
//! * ask who roots/list {}    what it wants to know, by a key, a method and params; the request's `id` is kept as $who
//! << 1-2 {"jsonrpc":"2.0"}   the next event that came on the stream, with its id; everything that came must be looked at
//! << 1 nothing               nor anything else: open, closed
//! call 2                     who speaks from now on; as if it were said of a call that begins or is played again
//! next                       in a batch, the handler that has spoken waits, and the next message comes
//! play 1                     the host plays a call again that nobody plays
//! waits 1                    a call that waits for its client
//! ! tool book session {} who={"action":"accept"}    a call that is played again, with what it has asked: = result, ! error, ? open
//! cut 1                      the client of a stream is gone, with what it has not looked at, and the host notices; lose: it does not
//! evict                      objects are made again from their rows
//! release talk-more          the same under another catalog, and every connection breaks
//! updated a:b                a resource is another now, and the session hears of it; unheard: it does not
//! rows 3                     how many the object has
//! ```

mod common;
mod player;

use player::Player;
use std::fs;
use std::path::Path;

#[test]
fn dialogues() {
    play(false);
}

#[test]
fn dialogues_of_objects_that_always_sleep() {
    play(true);
}

fn play(sleeps: bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let mut player = Player::new(&name);
        player.kept.sleeps = sleeps;
        player.play(&fs::read_to_string(&file).unwrap());
    }
}
