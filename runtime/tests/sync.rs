//! Clients of the npm package `agents` follow the state, in virtual time.

#[path = "sync/agents.rs"]
mod agents;
#[path = "sync/calls.rs"]
mod calls;
#[path = "sync/client.rs"]
mod client;
#[path = "sync/connect.rs"]
mod connect;
#[path = "sync/set.rs"]
mod set;
#[path = "sync/tickets.rs"]
mod tickets;
