//! `mcp-gen describe --live` and servers of every version, each on a port of its own.

mod bounds;
mod engine;
mod modern;
mod run;
mod server;
mod sessions;
mod sse;
mod trust;
