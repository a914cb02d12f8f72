//! What callers may do: who is let in, what they may use, and what they see of it.
//!
//! An engine has it only where its catalog declares who may come ([`Engine::with_auth`]), so that it is not in a program without.

use crate::auth::{Access, AuthPolicy, Bound};
use crate::call::{Target, TargetKind};
use crate::catalog::{Item, Scope};
use crate::engine::Engine;
use crate::error::RpcError;
use crate::home::{Known, NeedKeys};
use crate::http::{HttpRequest, Reply};
use crate::list::Kind;
use crate::methods::HUB;
use crate::principal::{Principal, Who};
use crate::schema::{self, Validator, Violation};
use crate::token::Keys;
use crate::version::Version;
use crate::wire::{Object, quote};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// So many callers are remembered as they were read.
const KNOWN: usize = 32;
/// So many lists are remembered, of callers who see different things.
const SEEN: usize = 32;

type Enter = fn(&Engine, Who<'_>) -> Option<Reply>;
type Admit = fn(&Engine, Access, Option<&Principal>) -> Result<(), Refusal>;
type List = fn(&Engine, Kind, Version, Option<&str>, Option<&Principal>) -> Option<Rc<str>>;
type Bind =
    for<'r> fn(&Engine, usize, Cow<'r, str>, Option<&Principal>) -> Result<Cow<'r, str>, BindError>;

/// What an engine knows of its callers.
pub(crate) struct Guard {
    pub policy: AuthPolicy,
    pub enter: Enter,
    pub admit: Admit,
    pub list: List,
    pub bind: Bind,
    known: RefCell<Vec<Known>>,
    seen: RefCell<Vec<(View, Rc<str>)>>,
    validators: RefCell<BTreeMap<(usize, usize), Rc<Validator>>>,
}

/// A list as some callers see it.
#[derive(Clone, PartialEq, Eq)]
struct View {
    kind: Kind,
    version: Version,
    /// A bit an item.
    visible: Vec<u8>,
}

/// Why an item may not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The token lacks scopes: all that it needs to have.
    Scope(Vec<String>),
    /// It is not for this caller.
    Role,
}

impl Refusal {
    /// The refusal as a response's error.
    pub fn error(&self) -> RpcError {
        match self {
            Refusal::Scope(scopes) => RpcError::insufficient_scope(&scopes.join(" ")),
            Refusal::Role => RpcError::forbidden(),
        }
    }
}

/// Why the arguments of a call are not complete.
pub(crate) enum BindError {
    /// The client gave what is not its to give.
    Given(Vec<Violation>),
    /// The caller has no such claim, or one that does not fit.
    Claim(String),
    /// A schema of ours is none.
    Ours,
}

impl Engine {
    /// For a catalog that says [who may come](crate::Catalog::auth): every request is of somebody, and everybody is let in to what is
    /// theirs.
    #[must_use]
    pub fn with_auth(mut self) -> Engine {
        self.guard = self.catalog.auth.map(|policy| {
            Box::new(Guard {
                policy,
                enter,
                admit,
                list,
                bind,
                known: RefCell::default(),
                seen: RefCell::default(),
                validators: RefCell::default(),
            })
        });
        self
    }

    /// Reads the line of a principal. Those of the last requests are remembered. `None` where it is none, or where nobody is asked who
    /// they are.
    pub fn principal(&self, line: &str) -> Option<Rc<Principal>> {
        if self.parts.home.is_some() {
            // In the front, lines that come from outside are remembered, and those that were settled are not among them.
            let policy = &self.guard.as_ref()?.policy;
            return Principal::read(policy, line).map(Rc::new);
        }
        self.find(line, Ok::<_, NeedKeys>).ok().flatten()
    }

    /// The same in the front, where a line comes from who has made sure of it and says nothing of a [home](Principal::home): where states
    /// belong to principals, that is found here.
    ///
    /// # Errors
    /// Where it takes [the key](Keys::with_homes), and that is not there yet.
    pub fn caller(
        &self,
        line: &str,
        keys: Option<&Keys>,
    ) -> Result<Option<Rc<Principal>>, NeedKeys> {
        let (Some(settle), Some(guard), Some(scope)) =
            (self.parts.home, &self.guard, self.catalog.scope)
        else {
            return Ok(self.principal(line));
        };
        self.find(line, |principal| match principal.home() {
            Some(_) => Err(None),
            None => settle(&guard.policy, scope, principal, keys).map_err(Some),
        })
        .or_else(|needs| needs.map_or(Ok(None), Err))
    }

    /// Reads a line, or remembers what it came to.
    fn find<E>(
        &self,
        line: &str,
        settle: impl FnOnce(Principal) -> Result<Principal, E>,
    ) -> Result<Option<Rc<Principal>>, E> {
        let Some(guard) = &self.guard else {
            return Ok(None);
        };
        let mut known = guard.known.borrow_mut();
        if let Some((_, principal)) = known.iter().find(|(it, _)| &**it == line) {
            return Ok(Some(principal.clone()));
        }
        let Some(principal) = Principal::read(&guard.policy, line) else {
            return Ok(None);
        };
        let principal = Rc::new(settle(principal)?);
        if known.len() >= KNOWN {
            known.remove(0);
        }
        known.push((line.into(), principal.clone()));
        Ok(Some(principal))
    }

    /// Whether a request may come in at all.
    pub(crate) fn enter(&self, req: &HttpRequest<'_>) -> Option<Reply> {
        // A browser asks before it sends, and has no token then.
        let asks = req.method == "OPTIONS" && req.headers.origin.is_some();
        match asks && self.guard.is_some() {
            true => None,
            false => self.turns_away(req.who),
        }
    }

    /// What a caller is answered who may not come in at all: 401 to nobody, 403 to whoever lacks what everybody must have.
    pub fn turns_away(&self, who: Who<'_>) -> Option<Reply> {
        match &self.guard {
            Some(guard) => (guard.enter)(self, who),
            // Whoever forgot the guard lets nobody in.
            None if self.catalog.auth.is_some() && self.has_headers => {
                Some(self.refuse(401, &unknown()))
            }
            None => None,
        }
    }

    /// What whoever may not do something is answered; nothing where they may.
    pub fn refusal(&self, access: Access, who: &Principal) -> Option<Reply> {
        let error = self.admit(access, Some(who)).err()?.error();
        Some(challenged(self.refuse(403, &error), &error))
    }

    /// Whether a caller may use an item.
    pub(crate) fn admit(&self, access: Access, who: Option<&Principal>) -> Result<(), Refusal> {
        match (&self.guard, access) {
            (Some(guard), _) => (guard.admit)(self, access, who),
            // A program that its user runs, over stdio.
            (None, _) if !self.has_headers => Ok(()),
            (None, Access::Anyone) => Ok(()),
            (None, _) => Err(Refusal::Role),
        }
    }
}

impl Engine {
    /// The object that knows who listens to what, of the caller of this line: the one that has the state.
    pub fn hub(&self, who: Option<&str>) -> String {
        let home = |who: &str| self.principal(who)?.home().map(str::to_owned);
        who.filter(|_| self.catalog.scope.is_some_and(Scope::is_someones))
            .and_then(home)
            .unwrap_or_else(|| HUB.to_owned())
    }

    /// Whether a caller has no state, where everybody has one of their own.
    pub fn lacks_home(&self, who: &Principal) -> bool {
        self.catalog.scope.is_some_and(Scope::is_someones) && who.home().is_none()
    }
}

fn unknown() -> RpcError {
    RpcError::invalid_request("who asks is not known: an access token is missing, or is not good")
}

/// 401 to nobody, 403 to whoever lacks what every caller must have (RFC 6750, section 3).
fn enter(engine: &Engine, who: Who<'_>) -> Option<Reply> {
    let principal = match who {
        Who::Known(principal) => principal,
        // Over stdio, whoever runs the program may do what it does.
        Who::Anyone | Who::Nobody(_) if !engine.has_headers => return None,
        Who::Anyone | Who::Nobody("") => {
            return Some(
                engine
                    .refuse(401, &unknown())
                    .with("www-authenticate", "Bearer"),
            );
        }
        Who::Nobody(why) => {
            let challenge = [
                "Bearer error=\"invalid_token\", error_description=\"",
                &plain(why),
                "\"",
            ];
            return Some(
                engine
                    .refuse(401, &unknown())
                    .with("www-authenticate", challenge.concat()),
            );
        }
    };
    match admit(engine, Access::Anyone, Some(principal)) {
        Ok(()) if engine.lacks_home(principal) => Some(engine.refuse(403, &homeless(engine))),
        Ok(()) => None,
        Err(refusal) => {
            let error = refusal.error();
            Some(challenged(engine.refuse(403, &error), &error))
        }
    }
}

/// The claim that says whose the state is, is the declaration's word, and no secret.
fn homeless(engine: &Engine) -> RpcError {
    let claim = match engine.catalog.scope {
        Some(Scope::Tenant { claim }) => claim.join("."),
        _ => "sub".to_owned(),
    };
    let text = "what this server keeps belongs to who has the claim `";
    RpcError::invalid_request([text, &claim, "`, and your account has none"].concat())
}

/// What may stand in a quoted string of a header, and no more than a line of it.
fn plain(words: &str) -> String {
    let good = |byte: &char| matches!(byte, ' '..='~') && !matches!(byte, '"' | '\\');
    words.chars().filter(good).take(200).collect()
}

/// A response to who lacks a scope says which, so that the client can ask for it.
pub(crate) fn challenged(reply: Reply, error: &RpcError) -> Reply {
    match error.scopes() {
        Some(scopes) => {
            let challenge = [
                "Bearer error=\"insufficient_scope\", scope=\"",
                scopes,
                "\", error_description=\"the access token has not all scopes that this needs\"",
            ];
            reply.with("www-authenticate", challenge.concat())
        }
        None => reply,
    }
}

fn admit(engine: &Engine, access: Access, who: Option<&Principal>) -> Result<(), Refusal> {
    let Some(principal) = who else {
        // Only over stdio: everybody else was asked.
        return match engine.has_headers {
            true => Err(Refusal::Role),
            false => Ok(()),
        };
    };
    let (scopes, roles): (&[&str], &[&str]) = match access {
        Access::Anyone => (&[], &[]),
        Access::Only { scopes, roles } => (scopes, roles),
        Access::Nobody => return Err(Refusal::Role),
    };
    // Whoever has not the role would get the scope in vain.
    if !roles.iter().all(|role| principal.has_role(role)) {
        return Err(Refusal::Role);
    }
    let required = engine
        .guard
        .as_ref()
        .map_or(&[][..], |it| it.policy.required);
    let needed = || required.iter().chain(scopes).copied();
    if needed().all(|scope| principal.has_scope(scope)) {
        return Ok(());
    }
    // Some clients ask for these alone next time, so what they have is among them.
    let mut all: Vec<String> = Vec::new();
    for scope in needed().chain(principal.scopes().filter(|scope| is_scope(scope))) {
        if !all.iter().any(|known| known == scope) {
            all.push(scope.to_owned());
        }
    }
    Err(Refusal::Scope(all))
}

/// `scope-token` of RFC 6749, section 3.3: what may stand between quotes.
fn is_scope(text: &str) -> bool {
    let good = |byte: u8| matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b'\\');
    !text.is_empty() && text.bytes().all(good)
}

/// A page of a list as this caller sees it; `None` for a cursor that is not of it.
fn list(
    engine: &Engine,
    kind: Kind,
    version: Version,
    cursor: Option<&str>,
    who: Option<&Principal>,
) -> Option<Rc<str>> {
    let guard = engine.guard.as_ref()?;
    let all: Vec<Access> = accesses(engine, kind);
    let sees = |access: &Access| !guard.policy.filter || admit(engine, *access, who).is_ok();
    let visible: Vec<bool> = all.iter().map(sees).collect();
    let (lists, catalog) = (&engine.lists, &engine.catalog);
    if catalog.page > 0 {
        // A cursor is of one caller, so nobody else can have the page.
        let key = who.map_or("", Principal::key);
        let page = lists.visible(catalog, kind, version, cursor, &visible, key);
        return page.map(Rc::from);
    }
    if cursor.is_some() {
        return None;
    }
    let view = View {
        kind,
        version,
        visible: bits(&visible),
    };
    let mut seen = guard.seen.borrow_mut();
    if let Some((_, text)) = seen.iter().find(|(known, _)| *known == view) {
        return Some(text.clone());
    }
    let text: Rc<str> = lists
        .visible(catalog, kind, version, None, &visible, "")?
        .into();
    if seen.len() >= SEEN {
        seen.remove(0);
    }
    seen.push((view, text.clone()));
    Some(text)
}

fn bits(all: &[bool]) -> Vec<u8> {
    let byte = |part: &[bool]| part.iter().fold(0, |sum, bit| sum << 1 | u8::from(*bit));
    all.chunks(8).map(byte).collect()
}

/// Who may use what is listed, in the list's order.
fn accesses(engine: &Engine, kind: Kind) -> Vec<Access> {
    let catalog = &engine.catalog;
    let resources = |templates: bool| {
        let of_kind = catalog.resources.iter();
        let of_kind = of_kind.filter(move |item| item.template == templates);
        of_kind.map(|item| item.access).collect()
    };
    match kind {
        Kind::Tools => catalog.tools.iter().map(|item| item.access).collect(),
        Kind::Prompts => catalog.prompts.iter().map(|item| item.access).collect(),
        Kind::Resources => resources(false),
        Kind::Templates => resources(true),
        Kind::Discover | Kind::Handshake => Vec::new(),
    }
}

/// The arguments with what the caller's claims say. They have been checked but for these.
fn bind<'r>(
    engine: &Engine,
    tool: usize,
    arguments: Cow<'r, str>,
    who: Option<&Principal>,
) -> Result<Cow<'r, str>, BindError> {
    let item: &Item = &engine.catalog.tools[tool];
    if item.bound.is_empty() {
        return Ok(arguments);
    }
    let Ok(given) = serde_json::from_str::<Object<'_>>(&arguments) else {
        return Err(BindError::Ours);
    };
    let taken = item.bound.iter().filter(|it| given.get(it.name).is_some());
    let taken: Vec<Violation> = taken
        .map(|it| Violation {
            pointer: ["/", it.name].concat(),
            message: "is not the client's to give: it is a claim of who calls".to_owned(),
        })
        .collect();
    if !taken.is_empty() {
        return Err(BindError::Given(taken));
    }
    let mut out = String::from("{");
    let mut member = |name: &str, value: &str| {
        if out.len() > 1 {
            out.push(',');
        }
        quote(&mut out, name);
        out.push(':');
        out.push_str(value);
    };
    for (at, bound) in item.bound.iter().enumerate() {
        match who.and_then(|who| who.claim(bound.claim)) {
            Some(claim) => {
                let holder = ["{\"", bound.name, "\":", claim.get(), "}"].concat();
                let validator = engine.bound_validator((tool, at), bound)?;
                if validator.check(&holder).is_err() {
                    return Err(BindError::Claim(bound.claim.join(".")));
                }
                member(bound.name, claim.get());
            }
            None if bound.optional => {}
            None => return Err(BindError::Claim(bound.claim.join("."))),
        }
    }
    for (name, value) in given.iter() {
        member(name, value.get());
    }
    out.push('}');
    Ok(Cow::Owned(out))
}

impl Engine {
    fn bound_validator(
        &self,
        place: (usize, usize),
        bound: &Bound,
    ) -> Result<Rc<Validator>, BindError> {
        let guard = self.guard.as_ref().ok_or(BindError::Ours)?;
        let mut all = guard.validators.borrow_mut();
        if let Some(known) = all.get(&place) {
            return Ok(known.clone());
        }
        let mut schema = String::from("{\"type\":\"object\",\"properties\":{");
        quote(&mut schema, bound.name);
        schema.push(':');
        schema.push_str(bound.schema);
        schema.push_str("}}");
        let compiled = schema::compile(&schema).map_err(|_| BindError::Ours)?;
        let compiled = Rc::new(compiled);
        all.insert(place, compiled.clone());
        Ok(compiled)
    }

    /// Who may use the item of a target. Completions are of the prompt or the template that they complete.
    pub(crate) fn access(&self, target: Target) -> Access {
        match target.kind {
            TargetKind::Tool => self.catalog.tools[target.index].access,
            TargetKind::Resource => self.catalog.resources[target.index].access,
            TargetKind::Prompt => self.catalog.prompts[target.index].access,
            TargetKind::Completion => Access::Anyone,
        }
    }
}
