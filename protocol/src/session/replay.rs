//! Calls that are played again: after their client has answered, or after the instance that played them was lost.

use super::{Journal, RowsError, Session, SessionHost};
use crate::call::{Call, Route, Target, TargetKind};
use crate::engine::Engine;
use std::borrow::Cow;

impl Engine {
    /// A call to be played again, with its journal, by the handlers of this release. `None` when it is to be failed: it was lost too
    /// often, as a call is that ends the instance which plays it, or this release has no such handler, or none that takes its
    /// arguments.
    pub fn replay(
        &self,
        session: &mut Session,
        host: &dyn SessionHost,
        id: u32,
    ) -> Result<Option<(Call<'static>, Journal)>, RowsError> {
        match self.find_again(session, host, id)? {
            true => session.replay_call(host, id),
            false => Ok(None),
        }
    }

    /// Whether the handler of a call is still there. It may have moved.
    fn find_again(
        &self,
        session: &mut Session,
        host: &dyn SessionHost,
        id: u32,
    ) -> Result<bool, RowsError> {
        let Some(call) = session.calls.get_mut(&id) else {
            return Ok(false);
        };
        let catalog = &self.catalog;
        let kind = call.head.target.kind;
        let found = match kind {
            TargetKind::Tool => self.index.tool(catalog, &call.item),
            TargetKind::Prompt => self.index.prompt(catalog, &call.item),
            TargetKind::Resource => self.index.resource(catalog, &call.item),
            TargetKind::Completion => None,
        };
        let Some(index) = found else {
            return Ok(false);
        };
        let target = Target { kind, index };
        let place = match kind {
            TargetKind::Resource => catalog.resources[index].place,
            TargetKind::Prompt => catalog.prompts[index].place,
            TargetKind::Tool | TargetKind::Completion => catalog.tools[index].place,
        };
        let arguments = Cow::Borrowed(&*call.arguments);
        if !matches!(self.check_arguments(target, arguments), Ok(Ok(_))) {
            return Ok(false);
        }
        let who = call.head.who.as_deref().and_then(|who| self.principal(who));
        let object = match self.place_of(place, call.head.session.as_deref(), who.as_deref()) {
            Route::Here => None,
            Route::Object(name) => Some(name),
        };
        if call.head.target != target || call.object != object {
            call.head.target = target;
            call.object = object;
            session.save_call(host, id)?;
        }
        Ok(true)
    }

    /// The name of what is called, which says what it is in every release.
    pub(crate) fn item(&self, target: Target) -> &'static str {
        match target.kind {
            TargetKind::Tool => self.catalog.tools[target.index].name,
            TargetKind::Prompt => self.catalog.prompts[target.index].name,
            TargetKind::Resource => self.catalog.resources[target.index].uri,
            TargetKind::Completion => "",
        }
    }
}

impl Session {
    /// The same by handlers that are known to be those which began it.
    pub fn replay_call(
        &mut self,
        host: &dyn SessionHost,
        id: u32,
    ) -> Result<Option<(Call<'static>, Journal)>, RowsError> {
        /// Once, and once more after the first was lost.
        const MOST_PLAYS: u32 = 2;
        let level = self.level;
        let Some(call) = self.calls.get_mut(&id) else {
            return Ok(None);
        };
        if call.plays >= MOST_PLAYS {
            return Ok(None);
        }
        call.plays += 1;
        let journal = Journal {
            nonce: call.nonce.clone(),
            client: call.head.version.limits(call.head.client),
            level: Some(level),
            progress: call.progress.clone(),
            emitted: call.emitted,
            asked: call.asks.clone(),
        };
        let played = Call {
            head: call.head.clone(),
            route: match &call.object {
                None => Route::Here,
                Some(name) => Route::Object(name.clone()),
            },
            target: call.head.target,
            arguments: Cow::Owned(call.arguments.clone()),
            uri: call.uri.clone().map(Cow::Owned),
            interactive: true,
            once: false,
        };
        self.save_plays(host, id)?;
        Ok(Some((played, journal)))
    }
}
