//! Who may use what, as the declaration says it: data that generated code writes down.

/// How callers are told apart, and what every one of them must have.
#[derive(Clone, Copy, Debug)]
pub struct AuthPolicy {
    /// Scopes without which a token is good for nothing here.
    pub required: &'static [&'static str],
    /// The roles that callers may have.
    pub roles: &'static [AuthRole],
    /// Whether lists leave out what the caller may not use.
    pub filter: bool,
}

/// A role: of whom a claim says so.
#[derive(Clone, Copy, Debug)]
pub struct AuthRole {
    /// Its name in the declaration.
    pub name: &'static str,
    /// The names of the members that lead to the claim.
    pub claim: &'static [&'static str],
    /// What the claim must be.
    pub test: RoleTest,
}

/// What makes a claim a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleTest {
    /// The claim is this text, or this number, `true` or `false` as JSON writes it.
    Equals(&'static str),
    /// The claim is a list that has this text, or a text that has it between spaces.
    Contains(&'static str),
}

/// Who may use an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever may come in at all.
    Anyone,
    /// Whoever has all of these.
    Only {
        /// Scopes of the token. Without one, the caller is told which to ask for.
        scopes: &'static [&'static str],
        /// Roles. Without one, the caller is refused and told nothing.
        roles: &'static [&'static str],
    },
    /// Nobody: it has no `requires`, and the declaration lets in nobody then.
    Nobody,
}

/// A parameter that is not the client's to give: it is a claim of the caller's.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// The parameter.
    pub name: &'static str,
    /// The names of the members that lead to the claim.
    pub claim: &'static [&'static str],
    /// JSON Schema of the parameter.
    pub schema: &'static str,
    /// Whether the handler does without, where the caller has no such claim.
    pub optional: bool,
}
