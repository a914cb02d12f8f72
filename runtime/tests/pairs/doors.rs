//! Agents whose callers prove who they are in other ways: what Rust says of it is what `doors_*.toml` says.

use mcp_agent::prelude::*;

/// The Worker gives out tokens.
pub mod oauth {
    use super::*;

    /// The agent.
    #[mcp_agent(
        name = "doors",
        version = "1.0.0",
        auth(
            mode = "oauth",
            required_scopes = ["base"],
            upstream(
                provider = "oidc",
                issuer = "https://id.example.com/",
                client_id(var = "OIDC_ID"),
                client_secret(secret = "OIDC_SECRET"),
                scopes = ["openid", "email"],
                claims(name = "nickname", groups = "https://id.example.com/groups"),
            ),
            scopes(base = "Come in"),
            tokens(store = "kv", access_ttl = "15m", refresh_ttl = "7d"),
            registration(cimd, dcr = false),
        )
    )]
    pub struct Doors;

    #[mcp_agent]
    impl Doors {
        /// Nothing.
        #[tool]
        fn nothing() {}
    }
}

/// Somebody with a password.
pub mod password {
    use super::*;

    /// The agent.
    #[mcp_agent(
        name = "doors",
        version = "1.0.0",
        auth(
            mode = "oauth",
            upstream(provider = "password", password(secret = "MCP_PASSWORD"), production)
        )
    )]
    pub struct Doors;

    #[mcp_agent]
    impl Doors {
        /// Nothing.
        #[tool]
        fn nothing() {}
    }
}

/// JWTs of somebody else.
pub mod resource {
    use super::*;

    /// The agent.
    #[mcp_agent(
        name = "doors",
        version = "1.0.0",
        auth(
            mode = "resource",
            issuer = "https://id.example.com/",
            audience = ["https://doors.example.com", "doors"],
            jwks = "https://id.example.com/keys",
            algorithms = ["ES256", "EdDSA"],
            skew = "10s",
            scope_claim = "scp",
            list = "show",
            roles(clerk(claim = "realm_access.roles", contains = "clerk")),
        )
    )]
    pub struct Doors;

    #[mcp_agent]
    impl Doors {
        /// Nothing.
        #[tool(requires(roles = ["clerk"]))]
        fn nothing() {}
    }
}

/// Cloudflare Access.
pub mod access {
    use super::*;

    /// The agent.
    #[mcp_agent(
        name = "doors",
        version = "1.0.0",
        auth(mode = "access", team = "acme", audience(secret = "ACCESS_AUD"))
    )]
    pub struct Doors;

    #[mcp_agent]
    impl Doors {
        /// Nothing.
        #[tool]
        fn nothing() {}
    }
}
