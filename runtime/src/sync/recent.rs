//! The states of late, to find out what a client has changed: it says the whole state that it wants, and not which one it began with.

use super::Fields;
use super::same::same_field;
use std::collections::VecDeque;

/// So many are remembered.
const MOST: usize = 16;

/// A state that was committed.
struct Past {
    state: Fields,
    /// When another took its place; `u64::MAX` of the last.
    until_ms: u64,
}

/// The states of late, in their order. They are forgotten when the object sleeps: then nobody has written for long.
#[derive(Default)]
pub struct Recent(VecDeque<Past>);

impl Recent {
    /// A state is another now.
    pub fn note(&mut self, before: impl FnOnce() -> Option<Fields>, after: Fields, now_ms: u64) {
        if self.0.is_empty() {
            self.begin(before());
        }
        if let Some(last) = self.0.back_mut() {
            last.until_ms = now_ms;
        }
        self.begin(Some(after));
        while self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    /// Nobody writes.
    pub fn forget(&mut self) {
        self.0.clear();
    }

    fn begin(&mut self, state: Option<Fields>) {
        self.0.extend(state.map(|state| Past {
            state,
            until_ms: u64::MAX,
        }));
    }

    /// The state that a client began with, of which it has changed writable fields alone. `None` where it changed others.
    ///
    /// Of those that it may have seen last, which are the present one and those that were replaced after `since_ms`, it is the one of which it has
    /// changed the least, but something; and the latest of several. What it can only have seen earlier counts where there is no other.
    pub fn base<'a>(
        &'a self,
        present: &'a Fields,
        sent: &Fields,
        writable: &[&str],
        since_ms: u64,
    ) -> Option<&'a Fields> {
        let past = self.0.iter().rev().filter(|it| it.until_ms != u64::MAX);
        let past = past.map(|it| (it.until_ms, &it.state));
        let all = std::iter::once((u64::MAX, present)).chain(past);
        let mut fitting =
            all.filter(|(_, state)| forbidden(state, sent, writable).next().is_none());
        let (until_ms, latest) = fitting.next()?;
        if until_ms < since_ms {
            return Some(latest);
        }
        let changes = |state: &Fields| changed(state, sent, writable).count();
        let mut best = (changes(latest), latest);
        for (_, state) in fitting.filter(|(until_ms, _)| *until_ms >= since_ms) {
            let count = changes(state);
            if (1..best.0).contains(&count) {
                best = (count, state);
            }
        }
        Some(best.1)
    }
}

/// The writable fields that a client has changed.
pub fn changed<'a>(
    base: &'a Fields,
    sent: &'a Fields,
    writable: &'a [&'a str],
) -> impl Iterator<Item = &'a str> {
    let writable = writable.iter().copied();
    writable.filter(|name| !same_field(base, sent, name))
}

/// The fields that are another and may not be.
pub fn forbidden<'a>(
    base: &'a Fields,
    sent: &'a Fields,
    writable: &'a [&'a str],
) -> impl Iterator<Item = &'a str> {
    let added = sent.keys().filter(|name| !base.contains_key(*name));
    let all = base.keys().chain(added).map(String::as_str);
    all.filter(|name| !writable.contains(name) && !same_field(base, sent, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const WRITABLE: [&str; 2] = ["x", "y"];

    fn of(x: i64, y: i64, count: i64) -> Fields {
        match json!({ "x": x, "y": y, "count": count }) {
            Value::Object(fields) => fields,
            _ => unreachable!(),
        }
    }

    /// States, a millisecond each, of which the last is the present one.
    fn recent(states: &[Fields]) -> (Recent, Fields) {
        let mut recent = Recent::default();
        for (at, pair) in states.windows(2).enumerate() {
            let before = || Some(pair[0].clone());
            recent.note(before, pair[1].clone(), at as u64 + 1);
        }
        (recent, states[states.len() - 1].clone())
    }

    fn base(states: &[Fields], sent: &Fields, since_ms: u64) -> Option<Fields> {
        let (recent, present) = recent(states);
        recent.base(&present, sent, &WRITABLE, since_ms).cloned()
    }

    #[test]
    fn who_saw_the_last_state_began_with_it() {
        let states = [of(0, 0, 0), of(1, 0, 0), of(1, 1, 0)];
        // What was undone is as it was before, and changed all the same.
        for sent in [of(0, 1, 0), of(1, 0, 0), of(2, 1, 0), of(1, 1, 0)] {
            assert_eq!(base(&states, &sent, 0), Some(states[2].clone()), "{sent:?}");
        }
        // Both at once: nobody else has written of late.
        assert_eq!(base(&states, &of(0, 0, 0), 10), Some(states[2].clone()));
    }

    #[test]
    fn who_wrote_meanwhile_began_with_what_it_saw() {
        let states = [of(0, 0, 0), of(1, 0, 0)];
        let sent = of(0, 5, 0);
        assert_eq!(base(&states, &sent, 0), Some(states[0].clone()));
        assert_eq!(base(&states, &sent, 2), Some(states[1].clone()), "too late");
    }

    #[test]
    fn fields_that_only_the_agent_writes_say_which_it_was() {
        let states = [of(0, 0, 0), of(1, 0, 1), of(1, 1, 2)];
        assert_eq!(base(&states, &of(9, 0, 1), 10), Some(states[1].clone()));
        assert_eq!(base(&states, &of(9, 9, 0), 10), Some(states[0].clone()));
        assert_eq!(base(&states, &of(9, 9, 3), 0), None);
        let mut more = of(1, 1, 2);
        more.insert("else".to_owned(), json!(1));
        assert_eq!(base(&states, &more, 0), None);
    }

    #[test]
    fn not_more_than_some_are_remembered() {
        let states: Vec<Fields> = (0..40).map(|count| of(0, 0, count)).collect();
        assert_eq!(base(&states, &of(0, 0, 24), 0), Some(states[24].clone()));
        assert_eq!(base(&states, &of(0, 0, 23), 0), None);
        let (mut recent, present) = recent(&states);
        recent.forget();
        assert_eq!(recent.base(&present, &of(0, 0, 38), &WRITABLE, 0), None);
    }
}
