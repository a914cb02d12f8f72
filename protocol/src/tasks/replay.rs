//! Tasks that are played again: after their client has answered, or after the instance that played them was lost.

use super::TaskRecord;
use crate::call::{Call, Route, Target, TargetKind};
use crate::engine::Engine;
use crate::session::{Journal, Rows, RowsError};
use std::borrow::Cow;

impl Engine {
    /// A task to be played again, with its journal, by the handlers of this release. `None` when it is to be failed: it was lost too
    /// often, as a task is that ends the instance which plays it, or this release has no such tool, or none that takes its arguments.
    pub fn replay_task(
        &self,
        task: &mut TaskRecord,
        rows: &dyn Rows,
    ) -> Result<Option<(Call<'static>, Journal)>, RowsError> {
        /// Once, and once more after the first was lost.
        const MOST_PLAYS: u32 = 2;
        if task.plays >= MOST_PLAYS || !self.find_tool_again(task, rows)? {
            return Ok(None);
        }
        task.begin_play(rows)?;
        Ok(Some((task.call(), task.journal())))
    }

    /// Whether the tool of a task is still there. It may have moved.
    fn find_tool_again(&self, task: &mut TaskRecord, rows: &dyn Rows) -> Result<bool, RowsError> {
        let Some(index) = self.index.tool(&self.catalog, &task.item) else {
            return Ok(false);
        };
        let target = Target {
            kind: TargetKind::Tool,
            index,
        };
        let arguments = Cow::Borrowed(&*task.arguments);
        if !matches!(self.check_arguments(target, arguments), Ok(Ok(_))) {
            return Ok(false);
        }
        let who = task.head.who.as_deref().and_then(|who| self.principal(who));
        let place = self.catalog.tools[index].place;
        let object = match self.place_of(place, None, who.as_deref()) {
            Route::Here => None,
            Route::Object(name) => Some(name),
        };
        if task.head.target != target || task.object != object {
            task.head.target = target;
            task.object = object;
            task.save_facts(rows)?;
        }
        Ok(true)
    }
}
