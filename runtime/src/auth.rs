//! Who calls, as a handler sees it.

use crate::agent::Agent;
use crate::{Error, Result, host};
use mcp_agent_protocol::Principal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// So many callers are remembered as they were read.
const KNOWN: usize = 16;

thread_local! {
    // A call comes to its object as a line, and most come from callers who came before.
    static LATELY: RefCell<Vec<Auth>> = const { RefCell::new(Vec::new()) };
}

/// Who calls: issuer and subject, and what the issuer says of them. The Worker has made sure of all of it; nothing of it is the client's word.
///
/// ```
/// use mcp_agent::prelude::*;
///
/// /// Who is it?
/// # #[allow(dead_code)]
/// fn whoami(cx: &Cx) -> Result<String> {
///     let auth = cx.auth().ok_or_else(|| Error::tool("nobody is asked who they are"))?;
///     let groups: Vec<String> = auth.claim("groups")?.unwrap_or_default();
///     Ok(format!("{} of {}, in {}", auth.subject(), auth.issuer(), groups.join(" and ")))
/// }
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct Auth(Rc<Principal>);

impl Auth {
    /// The caller of this line. `None` where nobody is asked who they are.
    pub(crate) fn read<A: Agent>(line: &str) -> Option<Self> {
        let policy = const { A::CATALOG.auth.as_ref() }?;
        LATELY.with_borrow_mut(|lately| {
            if let Some(known) = lately.iter().find(|it| &**it.0.line() == line) {
                return Some(known.clone());
            }
            let auth = Self(Rc::new(Principal::read(policy, line)?));
            if lately.len() >= KNOWN {
                lately.remove(0);
            }
            lately.push(auth.clone());
            Some(auth)
        })
    }

    /// Who says so: the URL of the authorization server, or `bearer` for tokens that the declaration lists.
    pub fn issuer(&self) -> &str {
        self.0.issuer()
    }

    /// Who it is, to the issuer (`sub`). Two issuers may mean two people by one subject.
    pub fn subject(&self) -> &str {
        self.0.subject()
    }

    /// The OAuth client that the token was given to, where that is known.
    pub fn client(&self) -> Option<&str> {
        self.0.client()
    }

    /// The scopes of the token, which may be fewer than its user once granted.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.0.scopes()
    }

    /// Whether the token has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.0.has_scope(scope)
    }

    /// Whether the caller has this role of the declaration.
    pub fn has_role(&self, role: &str) -> bool {
        self.0.has_role(role)
    }

    /// A claim: `sub`, `name`, `email`, or one that the declaration names, with dots on the way into objects. `None` where the issuer says
    /// nothing of it.
    ///
    /// # Errors
    /// When it is of another type. Its value is not told.
    pub fn claim<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>> {
        let path_of: Vec<&str> = path.split('.').collect();
        let Some(claim) = self.0.claim(&path_of) else {
            return Ok(None);
        };
        let read = serde_json::from_str(claim.get());
        // What serde says may hold the value.
        read.map(Some).map_err(|_| {
            Error::tool(format!(
                "the claim `{path}` of your account is not of the right kind"
            ))
        })
    }

    /// The caller as the engine has it.
    pub(crate) fn principal(&self) -> &Rc<Principal> {
        &self.0
    }

    /// Issuer and subject in one text, to keep apart what belongs to one of them.
    pub(crate) fn key(&self) -> &str {
        self.0.key()
    }

    /// The line that says who it is.
    pub(crate) fn line(&self) -> Rc<str> {
        self.0.line().clone()
    }

    /// The object that has the caller's state, where states belong to principals.
    pub(crate) fn home(&self) -> Option<&str> {
        self.0.home()
    }

    /// The object and the name under which the token of the sign-in is kept.
    fn vault(&self) -> Option<(String, String)> {
        serde_json::from_str(self.0.member("vault")?.get()).ok()
    }

    /// A token of who signed the caller in, fresh enough to be used.
    pub(crate) async fn upstream(&self) -> Result<Upstream> {
        let Some((object, grant)) = self.vault() else {
            return Err(Error::tool(
                "there is no token of a sign-in: `cx.upstream()` is for callers who signed in through `[auth.upstream]`",
            ));
        };
        let told = host::ask_vault(&object, &grant).await;
        let told = told.and_then(|told| serde_json::from_str::<Told>(&told).ok());
        match told {
            Some(Told::Token {
                token,
                kind,
                expires_ms,
            }) => Ok(Upstream {
                token,
                kind,
                expires_ms,
            }),
            Some(Told::Error { error }) => Err(Error::tool(format!(
                "the token of your sign-in cannot be used: {error}"
            ))),
            None => {
                host::log("the token of a sign-in could not be read");
                Err(Error::protocol(-32603, "internal error"))
            }
        }
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Claims are about people, and this is what logs are made of.
        f.debug_struct("Auth")
            .field("issuer", &self.issuer())
            .field("subject", &self.subject())
            .finish_non_exhaustive()
    }
}

/// What the vault answers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Token {
        token: String,
        #[serde(rename = "type", default = "bearer")]
        kind: String,
        #[serde(rename = "expires")]
        expires_ms: Option<u64>,
    },
    Error {
        error: String,
    },
}

fn bearer() -> String {
    "bearer".to_owned()
}

/// An access token of the provider that the caller signed in with, for what a handler asks of that provider on the caller's behalf.
///
/// Keep it to yourself: whoever has it is the caller, to the provider.
#[derive(Clone)]
pub struct Upstream {
    token: String,
    kind: String,
    expires_ms: Option<u64>,
}

impl Upstream {
    /// The token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The value of an `Authorization` header with it.
    pub fn authorization(&self) -> String {
        match self.kind.eq_ignore_ascii_case("bearer") {
            true => format!("Bearer {}", self.token),
            false => format!("{} {}", self.kind, self.token),
        }
    }

    /// When it is over, in milliseconds since the Unix epoch, where the provider says so.
    pub fn expires_ms(&self) -> Option<u64> {
        self.expires_ms
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream")
            .field("expires_ms", &self.expires_ms)
            .finish_non_exhaustive()
    }
}
