//! What takes too long, with limits that a test can wait for.

use super::limits::Limits;
use super::list_within;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// A server that reads some of a request and does this.
fn serve(act: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/mcp", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            act(stream);
        }
    });
    url
}

/// Writes this often, as long as somebody reads.
fn drip(mut stream: TcpStream, head: &str, drop: &str) {
    let mut said = stream.write_all(head.as_bytes());
    while said.is_ok() {
        std::thread::sleep(Duration::from_millis(20));
        said = stream.write_all(drop.as_bytes());
    }
}

#[test]
fn nobody_is_waited_for_for_long() {
    let head = |media: &str| {
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: {media}\r\n\r\n")
    };
    let (json, stream) = (head("application/json"), head("text/event-stream"));
    let limits = Limits {
        request: Duration::from_millis(300),
        listing: Duration::from_millis(900),
        ..Limits::DEFAULT
    };
    let servers = [
        serve(|stream| {
            std::thread::sleep(Duration::from_secs(5));
            drop(stream);
        }),
        serve(|it| drip(it, "HTTP/1.1 200 OK\r\n", "a: b\r\n")),
        serve(move |it| drip(it, &json, " ")),
        serve(move |it| drip(it, &stream, ": still here\n\n")),
    ];
    for url in servers {
        let begun = Instant::now();
        let error = list_within(&url, None, limits.clone()).expect_err("it never answers");
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(3), "{took:?}: {error:#}");
    }
}
