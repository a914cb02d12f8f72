//! Plain HTTP between the entry and Rust. A request is a head and its body: the method, the target, and a header a line. An answer is a signal
//! `R` without a body, and the body. Where callers are asked who they are, the first line of a head says so.

use crate::agent::Agent;
use crate::auth::Auth;
use crate::request::{Request, Response};

/// Reads a request.
pub fn read<A: Agent>(head: &str, body: &[u8]) -> Request {
    let mut lines = head.split('\n');
    let mut next = || lines.next().unwrap_or_default().to_owned();
    let auth = match A::AUTH {
        true => Auth::read::<A>(&next()),
        false => None,
    };
    let (method, target) = (next(), next());
    let headers = lines.filter_map(|line| line.split_once(':'));
    Request {
        method,
        target,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: body.to_vec(),
        auth,
    }
}

/// The line of a head that says who asks; empty where nobody is asked.
pub fn who<A: Agent>(head: &str) -> &str {
    match A::AUTH {
        true => head.split('\n').next().unwrap_or_default(),
        false => "",
    }
}

/// Writes an answer.
pub fn write(response: Response) -> (String, Vec<u8>) {
    let mut out = format!("R{}\n", response.status);
    for (name, value) in &response.headers {
        for part in [name, ":", value, "\n"] {
            out.push_str(part);
        }
    }
    out.push('\n');
    (out, response.body)
}
