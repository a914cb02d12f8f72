//! The statements that can be seen in a file of Rust: literals that are given to `cx.sql()` and to the `tx` of `cx.write`.
//!
//! It is better to leave a statement alone than to complain of one that is none of ours.

use mcp_agent_protocol::statement::Kind;
use std::collections::HashMap;
use std::ops::Range;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprMethodCall, Lit, LitStr, Meta, Pat, Token};

/// A statement in Rust.
pub struct Statement {
    /// What it is given to allows.
    pub kind: Kind,
    /// Its text.
    pub literal: LitStr,
    /// How many values it is given, where that can be seen, and where.
    pub given: Option<(usize, Range<usize>)>,
}

/// What is seen in a file.
#[derive(Default)]
pub struct Seen {
    /// The statements, in their order.
    pub statements: Vec<Statement>,
    /// How many agents are declared.
    pub agents: usize,
    /// The files that their attributes name.
    pub configs: Vec<String>,
}

/// Looks through a file. What does not parse is the compiler's to complain of.
pub fn look(text: &str) -> Seen {
    let Ok(file) = syn::parse_file(text) else {
        return Seen::default();
    };
    let mut constants = Constants::default();
    constants.visit_file(&file);
    let mut eye = Eye {
        seen: Seen::default(),
        constants: constants.0,
        scopes: Vec::new(),
    };
    eye.visit_file(&file);
    eye.seen
}

/// What is known of a name.
#[derive(Clone)]
enum Known {
    /// It is this text.
    Text(LitStr),
    /// It is what writes.
    Tx,
    /// It may be anything.
    Nothing,
}

/// The constants of a file. Two of one name are none.
#[derive(Default)]
struct Constants(HashMap<String, Known>);

impl<'a> Visit<'a> for Constants {
    fn visit_item_const(&mut self, it: &'a syn::ItemConst) {
        self.add(&it.ident, &it.expr);
    }

    fn visit_impl_item_const(&mut self, it: &'a syn::ImplItemConst) {
        self.add(&it.ident, &it.expr);
    }

    fn visit_item_static(&mut self, it: &'a syn::ItemStatic) {
        self.add(&it.ident, &it.expr);
    }
}

impl Constants {
    fn add(&mut self, name: &syn::Ident, value: &Expr) {
        let known = literal(value).map_or(Known::Nothing, Known::Text);
        let all = self.0.entry(name.to_string());
        all.and_modify(|it| *it = Known::Nothing).or_insert(known);
    }
}

/// Goes through the code with what is known of the names in scope.
struct Eye {
    seen: Seen,
    constants: HashMap<String, Known>,
    scopes: Vec<HashMap<String, Known>>,
}

impl Eye {
    fn inside(&mut self, visit: impl FnOnce(&mut Self)) {
        self.scopes.push(HashMap::new());
        visit(self);
        self.scopes.pop();
    }

    fn know(&mut self, name: &syn::Ident, known: Known) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_string(), known);
        }
    }

    fn known(&self, name: &str) -> Option<&Known> {
        self.scopes.iter().rev().find_map(|it| it.get(name))
    }

    /// The text that an argument is, where it can be seen.
    fn text(&self, argument: &Expr) -> Option<LitStr> {
        if let Some(literal) = literal(argument) {
            return Some(literal);
        }
        let Expr::Path(path) = bare(argument) else {
            return None;
        };
        let mut segments = path.path.segments.iter();
        let (first, second) = (segments.next()?, segments.next());
        let name = match second {
            None => &first.ident,
            Some(name) if first.ident == "Self" && segments.next().is_none() => &name.ident,
            Some(_) => return None,
        };
        let name = name.to_string();
        let known = match second {
            None => self.known(&name).or_else(|| self.constants.get(&name)),
            Some(_) => self.constants.get(&name),
        };
        match known? {
            Known::Text(text) => Some(text.clone()),
            Known::Tx | Known::Nothing => None,
        }
    }

    /// What a receiver allows, where it is one of ours.
    fn kind(&self, receiver: &Expr) -> Option<Kind> {
        match bare(receiver) {
            Expr::MethodCall(call) if call.method == "sql" && call.args.is_empty() => {
                Some(Kind::Read)
            }
            Expr::Path(path) => {
                let name = path.path.get_ident()?.to_string();
                let is_tx = match self.known(&name) {
                    Some(Known::Tx) => true,
                    Some(Known::Text(_)) => false,
                    Some(Known::Nothing) | None => name == "tx",
                };
                is_tx.then_some(Kind::Write)
            }
            _ => None,
        }
    }

    fn statement(&mut self, call: &ExprMethodCall) {
        let is_ours = ["query", "query_one", "query_opt", "execute"]
            .iter()
            .any(|it| call.method == it);
        let (Some(text), Some(params)) = (call.args.first(), call.args.get(1)) else {
            return;
        };
        if let Some(kind) = self.kind(&call.receiver).filter(|_| is_ours)
            && let Some(literal) = self.text(text)
        {
            self.seen.statements.push(Statement {
                kind,
                literal,
                given: number(params).map(|number| (number, params.span().byte_range())),
            });
        }
    }

    /// Notes an agent and the file that its attribute names.
    fn agent(&mut self, attrs: &[Attribute]) {
        for attribute in attrs {
            let last = attribute.path().segments.last();
            if last.is_none_or(|it| it.ident != "mcp_agent") {
                continue;
            }
            self.seen.agents += 1;
            // What does not parse is the macro's to complain of.
            let args = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            for arg in args.into_iter().flatten() {
                if let Meta::NameValue(arg) = arg
                    && let (true, Some(path)) = (arg.path.is_ident("config"), literal(&arg.value))
                {
                    self.seen.configs.push(path.value());
                }
            }
        }
    }
}

impl<'a> Visit<'a> for Eye {
    fn visit_item_mod(&mut self, it: &'a syn::ItemMod) {
        // Tests may be wrong on purpose.
        let is_test = |it: &Attribute| {
            it.path().is_ident("cfg")
                && it
                    .parse_args::<syn::Path>()
                    .is_ok_and(|it| it.is_ident("test"))
        };
        if !it.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, it);
        }
    }

    fn visit_item_struct(&mut self, it: &'a syn::ItemStruct) {
        self.agent(&it.attrs);
    }

    fn visit_item_fn(&mut self, it: &'a syn::ItemFn) {
        self.inside(|eye| visit::visit_item_fn(eye, it));
    }

    fn visit_impl_item_fn(&mut self, it: &'a syn::ImplItemFn) {
        self.inside(|eye| visit::visit_impl_item_fn(eye, it));
    }

    fn visit_block(&mut self, it: &'a syn::Block) {
        self.inside(|eye| visit::visit_block(eye, it));
    }

    fn visit_arm(&mut self, it: &'a syn::Arm) {
        self.inside(|eye| visit::visit_arm(eye, it));
    }

    fn visit_expr_closure(&mut self, it: &'a syn::ExprClosure) {
        self.inside(|eye| visit::visit_expr_closure(eye, it));
    }

    fn visit_pat_ident(&mut self, it: &'a syn::PatIdent) {
        visit::visit_pat_ident(self, it);
        self.know(&it.ident, Known::Nothing);
    }

    fn visit_local(&mut self, it: &'a syn::Local) {
        // The value first: it still means what was known before.
        if let Some(init) = &it.init {
            visit::visit_local_init(self, init);
        }
        self.visit_pat(&it.pat);
        if let (Pat::Ident(name), Some(init)) = (plain(&it.pat), &it.init)
            && let (None, Some(text)) = (name.mutability, literal(&init.expr))
        {
            self.know(&name.ident, Known::Text(text));
        }
    }

    fn visit_expr_method_call(&mut self, it: &'a ExprMethodCall) {
        self.statement(it);
        let closure = it.args.first().map(bare);
        if let (true, 1, Some(Expr::Closure(act))) = (it.method == "write", it.args.len(), closure)
            && let Some(Pat::Ident(name)) = act.inputs.first().map(plain)
        {
            self.visit_expr(&it.receiver);
            self.inside(|eye| {
                eye.know(&name.ident, Known::Tx);
                eye.visit_expr(&act.body);
            });
            return;
        }
        visit::visit_expr_method_call(self, it);
    }
}

/// An expression without what is around it and changes nothing.
fn bare(mut expression: &Expr) -> &Expr {
    loop {
        expression = match expression {
            Expr::Paren(it) => &it.expr,
            Expr::Group(it) => &it.expr,
            Expr::Reference(it) => &it.expr,
            _ => return expression,
        }
    }
}

/// A pattern without its type.
fn plain(pattern: &Pat) -> &Pat {
    match pattern {
        Pat::Type(it) => &it.pat,
        other => other,
    }
}

fn literal(expression: &Expr) -> Option<LitStr> {
    match bare(expression) {
        Expr::Lit(it) => match &it.lit {
            Lit::Str(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// How many values params are.
fn number(params: &Expr) -> Option<usize> {
    match bare(params) {
        Expr::Tuple(it) => Some(it.elems.len()),
        Expr::Array(it) => Some(it.elems.len()),
        Expr::Lit(_) => Some(1),
        _ => None,
    }
}
