//! What is kept.

use super::auth::requirements;
use super::schemas::{self, Place, Side};
use super::{Item, Judge};
use crate::contract::{Handle, State};
use crate::rule::Rule;

pub(super) fn judge(judge: &mut Judge<'_>) {
    let (base, head) = (judge.base, judge.head);
    let item = Item::section("state");
    match (&base.state, &head.state) {
        (Some(a), Some(b)) => state(judge, &item, a, b),
        (Some(_), None) => judge.find(Rule::StateRemoved, &item, &[], "nothing is kept any more"),
        (None, Some(_)) if base.transport.is_some() => judge.add("there is a state"),
        _ => {}
    }
    for (name, before) in &base.handles {
        let item = Item::new("handles", name);
        match head.handles.get(name) {
            Some(after) => handle(judge, &item, name, before, after),
            None => {
                let message = format!("handles of the kind `{name}` are gone");
                judge.find(Rule::HandleRemoved, &item, &[], message);
            }
        }
    }
    for name in head.handles.keys() {
        if !base.handles.contains_key(name) {
            judge.add(format!("handles of the kind `{name}` are new"));
        }
    }
}

fn state(judge: &mut Judge<'_>, item: &Item, a: &State, b: &State) {
    if a.scope != b.scope {
        let message = format!("state is one a {} now, it was one a {}", b.scope, a.scope);
        judge.find(Rule::StateScopeChanged, item, &["scope"], message);
    }
    if b.version < a.version {
        let message = format!(
            "the state has version {} now, it had {}",
            b.version, a.version
        );
        judge.find(Rule::StateVersionLowered, item, &["version"], message);
    }
    if b.max_bytes < a.max_bytes {
        let message = format!(
            "the state has at most {} bytes now, it was {}",
            b.max_bytes, a.max_bytes
        );
        judge.find(Rule::StateLimitLowered, item, &["max_bytes"], message);
    }
    let admin = Item {
        address: item.address.key("admin"),
        name: item.name.clone(),
    };
    let whose = "exporting and deleting what others have";
    match (&a.admin, &b.admin) {
        (None, Some(_)) => judge.add("others' state can be exported and deleted, by who may"),
        _ => requirements(judge, &admin, whose, &a.admin, &b.admin),
    }
    migrations(judge, item, &a.migrations, &b.migrations);
    sync(judge, item, a, b);
    if b.version > a.version {
        // Since the version is another one, there is code that takes the old state over.
        judge.add(format!("the state has version {}", b.version));
        return;
    }
    let place = Place {
        side: Side::State,
        item,
        key: "fields",
        member: "field",
        whole: "the state".to_owned(),
        of: " of the state".to_owned(),
        except: Vec::new(),
    };
    schemas::judge(judge, &place, &a.schema, &b.schema);
}

fn migrations(judge: &mut Judge<'_>, item: &Item, a: &[String], b: &[String]) {
    let split = |line: &str| {
        let (path, hash) = line.rsplit_once(' ').unwrap_or((line, ""));
        (path.to_owned(), hash.to_owned())
    };
    for (index, before) in a.iter().enumerate() {
        let (path, hash) = split(before);
        let Some((now, new_hash)) = b.get(index).map(|it| split(it)) else {
            let message = format!("migration `{path}` is gone");
            judge.find(Rule::MigrationRemoved, item, &["migrations"], message);
            continue;
        };
        let address = item.address.key("migrations").index(index);
        if now != path && new_hash != hash {
            let message = format!("migration `{path}` is gone from its place, where `{now}` is");
            judge.find_at(Rule::MigrationRemoved, item, address, message, None);
        } else if new_hash != hash {
            let message = format!("migration `{path}` says something else");
            judge.find_at(Rule::MigrationEdited, item, address, message, None);
        }
    }
}

fn sync(judge: &mut Judge<'_>, item: &Item, a: &State, b: &State) {
    let rank = |it: &State| {
        ["off", "readonly", "readwrite"]
            .iter()
            .position(|word| *word == it.sync)
    };
    if rank(b) < rank(a) {
        let message = format!("`sync` is `{}` now, it was `{}`", b.sync, a.sync);
        judge.find(Rule::SyncNarrowed, item, &["sync"], message);
    } else {
        for field in a.writable.iter().filter(|it| !b.writable.contains(it)) {
            let message = format!("pages do not write field `{field}` any more");
            judge.find(
                Rule::SyncNarrowed,
                item,
                &["fields", field, "writable"],
                message,
            );
        }
    }
}

fn handle(judge: &mut Judge<'_>, item: &Item, name: &str, a: &Handle, b: &Handle) {
    if b.ttl_ms < a.ttl_ms {
        let message = format!(
            "handles of the kind `{name}` last {} now, it was {}",
            lasting(b.ttl_ms),
            lasting(a.ttl_ms)
        );
        judge.find(Rule::HandleTtlShortened, item, &["ttl"], message);
    }
    let place = Place {
        side: Side::State,
        item,
        key: "fields",
        member: "field",
        whole: format!("what a handle of the kind `{name}` holds"),
        of: format!(" of the handle `{name}`"),
        except: Vec::new(),
    };
    schemas::judge(judge, &place, &a.schema, &b.schema);
}

/// A duration in its largest whole unit.
fn lasting(ms: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (24 * 60 * 60 * 1000, "d"),
        (60 * 60 * 1000, "h"),
        (60 * 1000, "min"),
        (1000, "s"),
    ];
    let unit = UNITS
        .iter()
        .find(|(size, _)| ms > 0 && ms.is_multiple_of(*size));
    unit.map_or(format!("{ms} ms"), |(size, unit)| {
        format!("{} {unit}", ms / size)
    })
}
