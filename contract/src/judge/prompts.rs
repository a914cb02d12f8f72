//! Prompts.

use super::auth::requirements;
use super::schemas::{self, Place, Side};
use super::{Item, Judge, text};
use crate::contract::Prompt;
use crate::rule::Rule;

pub(super) fn judge(judge: &mut Judge<'_>) {
    let (base, head) = (judge.base, judge.head);
    // One that came and says the same as one that went has another name, where there is one alone of each.
    let came = |before: &Prompt| {
        let alike = |it: &Prompt| {
            it.arguments == before.arguments
                && it.template == before.template
                && (it.template.is_some() || it.description == before.description)
        };
        let mut new = head
            .prompts
            .iter()
            .filter(|(name, it)| !base.prompts.contains_key(*name) && alike(it));
        let one = new.next().filter(|_| new.next().is_none());
        let went = |(name, it): &(&String, &Prompt)| !head.prompts.contains_key(*name) && alike(it);
        one.filter(|_| base.prompts.iter().filter(went).count() == 1)
    };
    let mut renamed = Vec::new();
    for (name, before) in &base.prompts {
        if let Some(after) = head.prompts.get(name) {
            prompt(judge, name, before, after);
        } else if let Some((now, _)) = came(before) {
            let item = Item::new("prompts", now);
            let message = format!("prompt `{name}` is called `{now}` now");
            judge.find(Rule::PromptRenamed, &item, &[], message);
            renamed.push(now);
        } else {
            let item = Item::new("prompts", name);
            judge.find(
                Rule::PromptRemoved,
                &item,
                &[],
                format!("prompt `{name}` is gone"),
            );
        }
    }
    for name in head.prompts.keys() {
        if !base.prompts.contains_key(name) && !renamed.contains(&name) {
            judge.add(format!("prompt `{name}` is new"));
        }
    }
}

fn prompt(judge: &mut Judge<'_>, name: &str, a: &Prompt, b: &Prompt) {
    let item = Item::new("prompts", name);
    judge.words(
        Rule::PromptDescriptionChanged,
        &item,
        &["description"],
        format!("the description of prompt `{name}` changed"),
        (text(&a.description), text(&b.description)),
    );
    judge.words(
        Rule::TitleChanged,
        &item,
        &["title"],
        format!("the title of prompt `{name}` changed"),
        (a.title.as_deref(), b.title.as_deref()),
    );
    judge.words(
        Rule::PromptTextChanged,
        &item,
        &["template"],
        format!("prompt `{name}` says something else"),
        (text(&a.template), text(&b.template)),
    );
    requirements(
        judge,
        &item,
        &format!("prompt `{name}`"),
        &a.requires,
        &b.requires,
    );
    let place = Place {
        side: Side::Input,
        item: &item,
        key: "params",
        member: "argument",
        whole: format!("the arguments of prompt `{name}`"),
        of: format!(" of prompt `{name}`"),
        except: Vec::new(),
    };
    schemas::judge(judge, &place, &a.arguments, &b.arguments);
}
