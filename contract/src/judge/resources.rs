//! Resources.

use super::auth::requirements;
use super::schemas::{self, Place, Side};
use super::{Item, Judge, text};
use crate::contract::Resource;
use crate::rule::Rule;

pub(super) fn judge(judge: &mut Judge<'_>) {
    let (base, head) = (judge.base, judge.head);
    // One that came with the name of one that went is the same elsewhere, where there is one alone of each.
    let came = |before: &Resource| {
        let went = |(uri, it): &(&String, &Resource)| {
            !head.resources.contains_key(*uri) && it.name == before.name
        };
        let mut new = head
            .resources
            .iter()
            .filter(|(uri, it)| !base.resources.contains_key(*uri) && it.name == before.name);
        let one = new.next().filter(|_| new.next().is_none());
        one.filter(|_| base.resources.iter().filter(went).count() == 1)
    };
    let mut moved = Vec::new();
    for (uri, before) in &base.resources {
        if let Some(after) = head.resources.get(uri) {
            resource(judge, uri, before, after);
        } else if let Some((now, _)) = came(before) {
            let item = Item::new("resources", now);
            let message = format!("`{uri}` is at `{now}` now");
            judge.find(Rule::ResourceMoved, &item, &[], message);
            moved.push(now);
        } else {
            let item = Item::new("resources", uri);
            judge.find(
                Rule::ResourceRemoved,
                &item,
                &[],
                format!("`{uri}` is gone"),
            );
        }
    }
    for uri in head.resources.keys() {
        if !base.resources.contains_key(uri) && !moved.contains(&uri) {
            judge.add(format!("resource `{uri}` is new"));
        }
    }
}

fn resource(judge: &mut Judge<'_>, uri: &str, a: &Resource, b: &Resource) {
    let item = Item::new("resources", uri);
    judge.words(
        Rule::ResourceDescriptionChanged,
        &item,
        &["description"],
        format!("the description of `{uri}` changed"),
        (text(&a.description), text(&b.description)),
    );
    judge.words(
        Rule::TitleChanged,
        &item,
        &["title"],
        format!("the title of `{uri}` changed"),
        (a.title.as_deref(), b.title.as_deref()),
    );
    if a.mime.is_some() && a.mime != b.mime {
        let type_of = |it: &Option<String>| it.clone().unwrap_or_else(|| "of no type".to_owned());
        let message = format!(
            "`{uri}` is `{}` now, it was `{}`",
            type_of(&b.mime),
            type_of(&a.mime)
        );
        judge.find(Rule::ResourceMimeChanged, &item, &["mime"], message);
    }
    match (a.subscribe, b.subscribe) {
        (true, false) => {
            let message = format!("`{uri}` cannot be subscribed to any more");
            judge.find(Rule::NotSubscribable, &item, &["subscribe"], message);
        }
        (false, true) => judge.add(format!("`{uri}` can be subscribed to")),
        _ => {}
    }
    if a.contents.is_some() && b.contents.is_some() && a.contents != b.contents {
        let message = format!("`{uri}` says something else");
        judge.find(Rule::ResourceTextChanged, &item, &[], message);
    }
    let source = |it: &Resource| (it.field.clone(), it.query.clone(), it.contents.is_some());
    if source(a) != source(b) {
        let key = match (&b.field, &b.query) {
            (Some(_), _) => &["field"][..],
            (_, Some(_)) => &["query"],
            _ => &[],
        };
        let message = format!("`{uri}` shows something else");
        judge.find(Rule::ResourceSourceChanged, &item, key, message);
    }
    requirements(judge, &item, &format!("`{uri}`"), &a.requires, &b.requires);
    if let (Some(a), Some(b)) = (&a.params, &b.params) {
        let place = Place {
            side: Side::Input,
            item: &item,
            key: "params",
            member: "variable",
            whole: format!("the variables of `{uri}`"),
            of: format!(" of `{uri}`"),
            except: Vec::new(),
        };
        schemas::judge(judge, &place, a, b);
    }
}
