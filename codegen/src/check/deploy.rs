//! `[deploy]`.

use super::transport::{check_each, check_host};
use super::{Cx, format};
use crate::diag::{Address, Code};
use crate::model::{Deploy, Panic};

/// The compatibility date where none is declared. It moves with releases of this crate only: the same declaration gives the same
/// bytes on every day.
const DEFAULT_DATE: &str = "2026-07-01";

/// The first date on which an object's methods can be called, which the entry needs.
const FIRST_DATE: &str = "2024-04-03";

/// Bindings of the generated project's own.
pub(super) const TAKEN: [&str; 3] = ["AGENT", "MCP_SESSION_KEY", "OAUTH_KV"];

pub(super) fn check_deploy(cx: &mut Cx<'_>) -> Deploy {
    let at = Address::root().key("deploy");
    let raw = cx.raw.deploy.clone().unwrap_or_default();
    let routes = raw.routes.unwrap_or_default();
    check_each(cx, &at.key("routes"), &routes, |cx, at, route| {
        check_host(cx, at, route, false)
    });
    let vars: Vec<_> = raw.vars.unwrap_or_default().into_iter().collect();
    for (name, _) in &vars {
        check_var(cx, &at.key("vars").key(name), name);
    }
    let compatibility_date = raw
        .compatibility_date
        .unwrap_or_else(|| DEFAULT_DATE.into());
    check_date(cx, &at.key("compatibility_date"), &compatibility_date);
    let panic = check_panic(cx, &at.key("panic"), raw.panic.as_deref());
    Deploy {
        compatibility_date,
        routes,
        vars,
        panic,
    }
}

/// Panics unwind only where somebody asks for it: that takes a nightly compiler.
fn check_panic(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> Panic {
    match raw {
        None | Some("abort") => Panic::Abort,
        Some("unwind") => Panic::Unwind,
        Some(other) => {
            cx.report(Code::UnknownWord, at, format!("unknown word `{other}`"))
                .help("`abort` or `unwind`");
            Panic::Abort
        }
    }
}

/// A compatibility date is a day of the calendar, on which the runtime had what the entry needs.
fn check_date(cx: &mut Cx<'_>, at: &Address, date: &str) {
    if !format::is_date(date) {
        cx.report(Code::BadDate, at, format!("`{date}` is not a date"))
            .help(format!("compatibility_date = \"{DEFAULT_DATE}\""));
    } else if date < FIRST_DATE {
        cx.report(
            Code::BadDate,
            at,
            format!("`{date}` is too early for a generated Worker"),
        )
        .label(format!(
            "calls between Worker and object exist from {FIRST_DATE} on"
        ))
        .help(format!("compatibility_date = \"{DEFAULT_DATE}\""));
    }
}

/// A variable is read by name from the Worker's environment, beside the bindings that the project has of its own.
fn check_var(cx: &mut Cx<'_>, at: &Address, name: &str) {
    let legal = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !legal {
        cx.report(
            Code::BadVar,
            at,
            format!("`{name}` cannot be the name of a variable"),
        )
        .at_key()
        .help("letters, digits and `_`, no digit first: `REGION = \"eu\"`");
    } else if TAKEN.contains(&name) {
        cx.report(
            Code::BadVar,
            at,
            format!("`{name}` is a binding of the Worker's own"),
        )
        .at_key()
        .help("choose another name");
    }
}
