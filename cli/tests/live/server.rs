//! A little HTTP server, which does what a test says and remembers what it was asked.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// With its query.
    pub path: String,
    /// Names are in lower case.
    pub headers: Vec<(String, String)>,
    /// Null where it is no JSON.
    pub body: Value,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|it| it.0 == name);
        found.next().map(|it| it.1.as_str())
    }

    /// The JSON-RPC method.
    pub fn rpc(&self) -> &str {
        self.body["method"].as_str().unwrap_or_default()
    }

    /// Reads one from a connection; `None` if there is none.
    pub fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let mut first = lines.first()?.split(' ');
        let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
        let headers = lines[1..].iter().filter_map(|it| it.split_once(':'));
        let headers = headers.map(|it| (it.0.to_ascii_lowercase(), it.1.trim().to_owned()));
        let mut request = Self {
            method,
            path,
            headers: headers.collect(),
            body: Value::Null,
        };
        let length = request.header("content-length").unwrap_or("0");
        let mut body = vec![0; length.parse().ok()?];
        reader.read_exact(&mut body).ok()?;
        request.body = serde_json::from_slice(&body).unwrap_or_default();
        Some(request)
    }
}

/// What was asked so far.
#[derive(Clone, Default)]
pub struct Log(Arc<(Mutex<Vec<Request>>, Condvar)>);

impl Log {
    fn add(&self, request: Request) {
        self.0.0.lock().expect("no test panics here").push(request);
        self.0.1.notify_all();
    }

    pub fn all(&self) -> Vec<Request> {
        self.0.0.lock().expect("no test panics here").clone()
    }

    /// Waits for a request like this.
    pub fn wait(&self, wanted: impl Fn(&Request) -> bool) {
        let all = self.0.0.lock().expect("no test panics here");
        let there = |all: &mut Vec<Request>| !all.iter().any(&wanted);
        let waited = self
            .0
            .1
            .wait_timeout_while(all, Duration::from_secs(10), there);
        assert!(
            !waited.expect("no test panics here").1.timed_out(),
            "it never came"
        );
    }
}

/// A server that is there as long as the tests are.
pub struct Server {
    pub origin: String,
    pub log: Log,
}

impl Server {
    /// `act` writes all of a response, head included; the connection is closed then.
    pub fn start(act: impl Fn(&Request, &mut TcpStream, &Log) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let log = Log::default();
        let (act, ours) = (Arc::new(act), log.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (act, log) = (act.clone(), ours.clone());
                std::thread::spawn(move || {
                    let Some(request) = Request::read(&stream) else {
                        return;
                    };
                    log.add(request.clone());
                    let mut stream = stream;
                    act(&request, &mut stream, &log);
                });
            }
        });
        Self { origin, log }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// What was asked so far, by HTTP and JSON-RPC methods.
    pub fn asked(&self) -> Vec<String> {
        let all = self.log.all();
        let all = all.iter().map(|it| format!("{} {}", it.method, it.rpc()));
        all.map(|it| it.trim_end().to_owned()).collect()
    }
}

/// Writes what may be written no more when the client has left.
pub fn say(out: &mut TcpStream, text: &str) {
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A response with a body.
pub fn reply(out: &mut TcpStream, status: u16, headers: &str, media: &str, body: &str) {
    let length = body.len();
    say(
        out,
        &format!(
            "HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-type: {media}\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        ),
    );
}

/// A JSON response.
pub fn json(out: &mut TcpStream, status: u16, headers: &str, body: &Value) {
    reply(out, status, headers, "application/json", &body.to_string());
}

/// The head of a stream, which lasts until the connection is closed.
pub fn stream(out: &mut TcpStream, headers: &str) {
    say(
        out,
        &format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream; charset=utf-8\r\n{headers}\r\n"
        ),
    );
}

/// A message on a stream.
pub fn event(out: &mut TcpStream, message: &Value) {
    say(out, &format!("event: message\ndata: {message}\n\n"));
}

/// An error response.
pub fn error(request: &Request, code: i64, data: Value) -> Value {
    let error = json!({ "code": code, "message": "no", "data": data });
    json!({ "jsonrpc": "2.0", "id": request.body["id"], "error": error })
}

/// What a server with three pages of tools, one resource and one prompt says, to whichever version.
pub fn answer(request: &Request, version: &str) -> Value {
    let capabilities = json!({ "tools": {}, "resources": { "subscribe": true }, "prompts": {} });
    let server = json!({ "name": "fake", "version": "1.0.0" });
    let result = match (request.rpc(), request.body["params"]["cursor"].as_str()) {
        ("server/discover", _) => json!({
            "resultType": "complete",
            "supportedVersions": [version],
            "capabilities": capabilities,
            "instructions": "Ask.",
            "_meta": { "io.modelcontextprotocol/serverInfo": server },
        }),
        ("initialize", _) => json!({
            "protocolVersion": version,
            "capabilities": capabilities,
            "instructions": "Ask.",
            "serverInfo": server,
        }),
        ("tools/list", None) => json!({ "tools": [{ "name": "a" }], "nextCursor": "" }),
        ("tools/list", Some("")) => json!({ "tools": [{ "name": "b" }], "nextCursor": "x" }),
        ("tools/list", Some("x")) => json!({ "tools": [{ "name": "c" }], "nextCursor": null }),
        ("resources/list", _) => json!({ "resources": [{ "uri": "a://a", "name": "a" }] }),
        ("prompts/list", _) => json!({ "prompts": [{ "name": "p" }] }),
        _ => return error(request, -32601, Value::Null),
    };
    json!({ "jsonrpc": "2.0", "id": request.body["id"], "result": result })
}

/// Fails the test unless this is what [`answer`] lists.
#[track_caller]
pub fn assert_listed(listing: &Value, protocol: &str, transport: &str) {
    use crate::run::names;
    assert_eq!(listing["protocol"], protocol);
    assert_eq!(listing["transport"], transport);
    assert_eq!(
        listing["server"],
        json!({ "name": "fake", "version": "1.0.0" })
    );
    assert_eq!(listing["instructions"], "Ask.");
    assert_eq!(names(listing, "tools", "name"), ["a", "b", "c"]);
    assert_eq!(names(listing, "resources", "uri"), ["a://a"]);
    assert_eq!(
        listing["templates"],
        json!([]),
        "a method that is not known"
    );
    assert_eq!(names(listing, "prompts", "name"), ["p"]);
}
