//! An agent of this repository, whole, behind a little HTTP server: what it answers is what its Worker would.

use crate::run::{listing, names};
use crate::server::Request;
use mcp_agent::memory::{self, Host};
use mcp_agent::prelude::*;
use std::io::Write;
use std::net::{TcpListener, TcpStream};

/// Sells apples.
#[mcp_agent(name = "shop", version = "0.1.0", instructions = "Sell.")]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    /// Sells some apples.
    #[tool]
    fn sell(&mut self, count: i64) -> String {
        self.sold += count;
        self.sold.to_string()
    }

    /// How many were sold.
    #[resource("shop://sold")]
    fn sold(&self) -> String {
        self.sold.to_string()
    }

    /// Praises them.
    #[prompt]
    fn praise(&self) -> String {
        "Praise the apples.".to_owned()
    }
}

/// Where it is; `modern` unless it does as if it had never heard of 2026-07-28.
fn serve(modern: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        let host = Host::<Shop>::new(1);
        // Streams that are open, and where they lead. What comes on them comes of what is posted.
        let mut open: Vec<(TcpStream, memory::Response)> = Vec::new();
        for mut stream in listener.incoming().flatten() {
            let Some(request) = Request::read(&stream) else {
                continue;
            };
            if !modern && request.header("mcp-protocol-version") == Some("2026-07-28") {
                let _ = stream.write_all(
                    b"HTTP/1.1 400 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                );
                continue;
            }
            let mut asked = memory::Request::new(&request.method, &request.path);
            for (name, value) in &request.headers {
                asked = asked.header(name, value);
            }
            if request.method == "POST" {
                asked = asked.body(request.body.to_string());
            }
            let response = host.request(&asked);
            let mut head = format!("HTTP/1.1 {} Said\r\nconnection: close\r\n", response.status);
            for (name, value) in &response.headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            let _ = stream.write_all(format!("{head}\r\n{}", response.read()).as_bytes());
            if response.is_open() {
                open.push((stream, response));
            }
            host.run();
            for (stream, response) in &mut open {
                let _ = stream.write_all(response.read().as_bytes());
            }
        }
    });
    origin
}

#[test]
fn it_says_the_same_in_every_way() {
    let modern = serve(true);
    let older = serve(false);
    for (url, protocol, transport) in [
        (format!("{modern}/mcp"), "2026-07-28", "Streamable HTTP"),
        (format!("{older}/mcp"), "2025-11-25", "Streamable HTTP"),
        (format!("{modern}/sse"), "2025-11-25", "HTTP+SSE"),
        (format!("{older}/sse"), "2025-11-25", "HTTP+SSE"),
    ] {
        let listing = listing(&url);
        assert_eq!(listing["protocol"], protocol, "{url}");
        assert_eq!(listing["transport"], transport, "{url}");
        assert_eq!(listing["server"]["name"], "shop", "{url}");
        assert_eq!(listing["instructions"], "Sell.", "{url}");
        assert_eq!(names(&listing, "tools", "name"), ["sell"], "{url}");
        assert_eq!(
            names(&listing, "resources", "uri"),
            ["shop://sold"],
            "{url}"
        );
        assert_eq!(names(&listing, "prompts", "name"), ["praise"], "{url}");
        assert_eq!(
            listing["tools"][0]["inputSchema"]["required"],
            serde_json::json!(["count"]),
            "{url}"
        );
    }
}
