//! The state of one key: a committed snapshot that readers share, and one writer at a time.
//!
//! A writer works on a copy. The copy becomes the state when the handler returns `Ok` and the store has taken it; until then nobody
//! sees it, and a handler that fails, or is dropped, leaves no trace.

use crate::agent::{Agent, StateSpec};
use crate::host::Host;
use crate::sql::{self, Dependencies};
use crate::work::Work;
use crate::{Cx, Error, Result};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use tokio::sync::{Mutex, MutexGuard};

/// Where a state lasts. Calls are synchronous: in an object, SQLite is local.
pub trait Store {
    /// The stored state: the version of its shape and its JSON. `None` when nothing was stored yet.
    fn load(&self) -> Result<Option<(u32, String)>, StoreError>;
    /// Stores a state, replacing the one before.
    fn save(&self, version: u32, json: &str) -> Result<(), StoreError>;
}

/// A store's failure. It is logged; clients learn only that there was one.
#[derive(Debug)]
pub struct StoreError(pub String);

/// A state, its store, and the queue of its writers.
pub struct StateCell<A> {
    committed: OnceCell<RefCell<Rc<A>>>,
    /// First come, first served: tokio's mutex queues fairly, and needs no reactor.
    writer: Mutex<()>,
    store: Box<dyn Store>,
    /// The object that it lies in, which has the rows of handles.
    host: Option<Rc<dyn Host>>,
    spec: StateSpec,
    /// Who hears of its changes.
    hears: RefCell<Option<Hears<A>>>,
    /// What its tables depend on, once it was asked for.
    dependencies: OnceCell<Dependencies>,
    /// Whether it is being deleted.
    closed: Cell<bool>,
}

/// Hears of a change: the state before, and the one that is committed.
type Hears<A> = Box<dyn Fn(Rc<A>, Rc<A>)>;

impl<A: Agent> StateCell<A> {
    /// Whether anybody hears of its changes, known when it is compiled.
    pub const HEARD: bool = A::EVENTS.updated.is_some() || A::SYNC.is_some();

    /// A state over a store. Nothing is read before it is needed.
    pub fn new(store: Box<dyn Store>) -> Self {
        Self {
            committed: OnceCell::new(),
            writer: Mutex::new(()),
            store,
            host: None,
            spec: A::STATE,
            hears: RefCell::default(),
            dependencies: OnceCell::new(),
            closed: Cell::default(),
        }
    }

    /// The same in an object.
    pub fn in_object(self, host: Rc<dyn Host>) -> Self {
        Self {
            host: Some(host),
            ..self
        }
    }

    /// The object that it lies in.
    pub fn host(&self) -> Option<&dyn Host> {
        self.host.as_deref()
    }

    /// The same, for what lives longer.
    pub fn shared_host(&self) -> Option<Rc<dyn Host>> {
        self.host.clone()
    }

    /// Somebody hears of every change from now on.
    pub fn hear(&self, hears: Hears<A>) {
        *self.hears.borrow_mut() = Some(hears);
    }

    /// It was changed.
    pub fn tell(&self, before: Rc<A>, after: Rc<A>) {
        if let Some(hears) = &*self.hears.borrow() {
            hears(before, after);
        }
    }

    /// Notes the resources whose queries may show something else after a writer's statements.
    pub fn note_tables(&self, cx: &Cx, work: &Work) {
        let mut shown = A::CATALOG.resources.iter();
        if work.ledger().is_empty() || !shown.any(|it| it.subscribe && it.query.is_some()) {
            return;
        }
        let Some(known) = self.dependencies(work) else {
            return;
        };
        let touched = known.touched(&work.ledger().statements());
        for item in A::CATALOG.resources.iter().filter(|it| it.subscribe) {
            if item.query.is_some_and(|query| known.shows(query, &touched)) {
                cx.resource_updated(item.uri);
            }
        }
    }

    fn dependencies(&self, work: &Work) -> Option<&Dependencies> {
        if let Some(known) = self.dependencies.get() {
            return Some(known);
        }
        match Dependencies::read(work.database()?) {
            Ok(known) => Some(self.dependencies.get_or_init(|| known)),
            Err(error) => {
                crate::host::log(&format!("the object's database: {}", error.0));
                None
            }
        }
    }

    /// What is stored, of whatever version.
    pub fn stored(&self) -> Result<Option<(u32, String)>, StoreError> {
        self.store.load()
    }

    /// Nothing is written any more: what was stored is being deleted. The caller holds the lock.
    pub fn close(&self) {
        self.closed.set(true);
    }

    /// The last committed state.
    pub fn snapshot(&self) -> Result<Rc<A>, StateError> {
        Ok(self.cell()?.borrow().clone())
    }

    /// Waits for the writers before this one.
    pub async fn lock(&self) -> MutexGuard<'_, ()> {
        self.writer.lock().await
    }

    /// Makes `next` the state, or leaves everything as it was. The caller holds the lock.
    pub fn commit(&self, next: A) -> Result<(), StateError> {
        if self.closed.get() {
            return Err(StateError::Deleted);
        }
        let cell = self.cell()?;
        if **cell.borrow() == next {
            return Ok(());
        }
        let json = self.written(&next)?;
        self.store.save(self.spec.version, &json)?;
        *cell.borrow_mut() = Rc::new(next);
        Ok(())
    }

    /// What was committed was not, after all.
    pub fn restore(&self, before: Rc<A>) {
        if let Some(cell) = self.committed.get() {
            *cell.borrow_mut() = before;
        }
    }

    fn cell(&self) -> Result<&RefCell<Rc<A>>, StateError> {
        if let Some(cell) = self.committed.get() {
            return Ok(cell);
        }
        if A::SQL {
            self.migrate_tables()?;
        }
        let state = match self.store.load()? {
            None => A::default(),
            Some((version, json)) if version == self.spec.version => read(&json)?,
            Some((version, json)) => self.migrate_state(version, &json)?,
        };
        if A::SCHEDULES
            && let Some(host) = &self.host
        {
            // What is declared to run does so wherever there is a state.
            crate::schedule::arm::<A>(&**host);
        }
        Ok(self.committed.get_or_init(|| RefCell::new(Rc::new(state))))
    }

    /// The tables are what the declaration says, before anybody uses them.
    fn migrate_tables(&self) -> Result<(), StateError> {
        let Some(database) = self.host().and_then(Host::database) else {
            let what = "this host has no tables: is the feature `sqlite` of `mcp-agent` off?";
            return Err(StateError::Broken(what.to_owned()));
        };
        sql::migrate(database, self.spec.migrations).map_err(StateError::Broken)
    }

    /// A state that was stored under another version, made one of this version. It is stored at once: a next release need not know the old one.
    fn migrate_state(&self, version: u32, json: &str) -> Result<A, StateError> {
        let declared = self.spec.version;
        let migrate = A::EVENTS.migrate.filter(|_| version < declared);
        let Some(migrate) = migrate else {
            return Err(StateError::Broken(format!(
                "the stored state has version {version}, the declaration has {declared}"
            )));
        };
        let old = serde_json::from_str(json).map_err(|e| {
            StateError::Broken(format!(
                "the stored state of version {version} is no JSON: {e}"
            ))
        })?;
        let new = migrate(version, old).map_err(|error| {
            StateError::Broken(format!(
                "the stored state of version {version} was not migrated to {declared}: {}",
                error.said()
            ))
        })?;
        let state: A = read(&new.to_string())?;
        self.store_anew(&state)?;
        Ok(state)
    }

    /// Stores a state whatever was stored before.
    fn store_anew(&self, state: &A) -> Result<(), StateError> {
        let json = self.written(state)?;
        Ok(self.store.save(self.spec.version, &json)?)
    }

    /// A state as it is stored, if it may be.
    fn written(&self, state: &A) -> Result<String, StateError> {
        let json = serde_json::to_string(state)
            .map_err(|e| StateError::Broken(format!("the state does not serialise: {e}")))?;
        if json.len() > self.spec.max_bytes {
            return Err(StateError::TooLarge {
                bytes: json.len(),
                limit: self.spec.max_bytes,
            });
        }
        // Not all that Rust holds comes back from JSON: NaN is written as `null`. Stored, it would be an object that never loads again.
        if let Err(error) = serde_json::from_str::<A>(&json) {
            return Err(StateError::Broken(format!(
                "the state could not be read again, so nothing was changed: {error}"
            )));
        }
        Ok(json)
    }
}

fn read<A: Agent>(json: &str) -> Result<A, StateError> {
    serde_json::from_str(json).map_err(|e| {
        StateError::Broken(format!(
            "the stored state does not fit the declaration: {e}"
        ))
    })
}

/// Why a state could not be read or written.
#[derive(Debug)]
pub enum StateError {
    /// Over `max_bytes`. The caller is told, because the caller's call did it.
    TooLarge {
        /// Size of what was refused.
        bytes: usize,
        /// `state.max_bytes`.
        limit: usize,
    },
    /// It is being deleted.
    Deleted,
    /// Anything else: for the log.
    Broken(String),
}

impl From<StoreError> for StateError {
    fn from(error: StoreError) -> Self {
        Self::Broken(error.0)
    }
}

impl From<StateError> for Error {
    fn from(error: StateError) -> Self {
        match error {
            StateError::TooLarge { bytes, limit } => Self::tool(format!(
                "the state would be {bytes} bytes and may be {limit}; nothing was changed"
            )),
            StateError::Deleted => Self::tool("what was kept here is deleted; nothing was changed"),
            StateError::Broken(inside) => {
                crate::host::log(&inside);
                Self::protocol(-32603, "internal error")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::Table;
    use mcp_agent_protocol::{Catalog, Policy, Scope};
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Notes {
        text: String,
        #[serde(default, skip_serializing_if = "is_zero")]
        mean: f64,
    }

    fn is_zero(number: &f64) -> bool {
        *number == 0.0
    }

    impl Agent for Notes {
        const CATALOG: Catalog = Catalog {
            scope: Some(Scope::Server),
            ..Catalog::EMPTY
        };
        const POLICY: Policy = Policy::DEFAULT;
        const STATE: StateSpec = StateSpec {
            version: 2,
            max_bytes: 32,
            migrations: &[],
        };
        const TABLE: Table<Self> = Table {
            tools: &[],
            resources: &[],
            prompts: &[],
            completions: &[],
        };
    }

    #[derive(Default)]
    struct Memory {
        row: RefCell<Option<(u32, String)>>,
        saves: Cell<u32>,
        full: Cell<bool>,
    }

    impl Store for Rc<Memory> {
        fn load(&self) -> Result<Option<(u32, String)>, StoreError> {
            Ok(self.row.borrow().clone())
        }

        fn save(&self, version: u32, json: &str) -> Result<(), StoreError> {
            if self.full.get() {
                return Err(StoreError("disk full".into()));
            }
            self.saves.set(self.saves.get() + 1);
            *self.row.borrow_mut() = Some((version, json.to_owned()));
            Ok(())
        }
    }

    fn notes(text: &str) -> Notes {
        Notes {
            text: text.to_owned(),
            mean: 0.0,
        }
    }

    fn cell(memory: &Rc<Memory>) -> StateCell<Notes> {
        StateCell::new(Box::new(memory.clone()))
    }

    #[test]
    fn a_committed_state_is_seen_and_stored() {
        let memory = Rc::new(Memory::default());
        let cell = cell(&memory);
        let before = cell.snapshot().unwrap();
        cell.commit(notes("new")).unwrap();
        assert_eq!(
            before.text, "",
            "a reader keeps the snapshot that it began with"
        );
        assert_eq!(cell.snapshot().unwrap().text, "new");
        assert_eq!(
            *memory.row.borrow(),
            Some((2, r#"{"text":"new"}"#.to_owned()))
        );
        assert_eq!(
            super::tests::cell(&memory).snapshot().unwrap().text,
            "new",
            "another life of the object reads it"
        );
    }

    #[test]
    fn an_unchanged_state_is_not_written() {
        let memory = Rc::new(Memory::default());
        let cell = cell(&memory);
        cell.commit(Notes::default()).unwrap();
        assert_eq!(memory.saves.get(), 0);
    }

    #[test]
    fn a_state_over_the_limit_is_refused_and_nothing_is_lost() {
        let memory = Rc::new(Memory::default());
        let cell = cell(&memory);
        cell.commit(notes("kept")).unwrap();
        let refused = cell.commit(notes("far too long for thirty-two bytes"));
        assert!(
            matches!(
                refused,
                Err(StateError::TooLarge {
                    bytes: 44,
                    limit: 32
                })
            ),
            "{refused:?}"
        );
        assert_eq!(cell.snapshot().unwrap().text, "kept");
        assert_eq!(
            *memory.row.borrow(),
            Some((2, r#"{"text":"kept"}"#.to_owned()))
        );
    }

    #[test]
    fn a_state_that_would_not_load_again_is_refused() {
        let memory = Rc::new(Memory::default());
        let cell = cell(&memory);
        cell.commit(notes("kept")).unwrap();
        for mean in [f64::NAN, f64::INFINITY] {
            let mut next = notes("new");
            next.mean = mean;
            assert!(matches!(cell.commit(next), Err(StateError::Broken(_))));
        }
        assert_eq!(cell.snapshot().unwrap().text, "kept");
        assert_eq!(
            super::tests::cell(&memory).snapshot().unwrap().text,
            "kept",
            "another life of the object still reads it"
        );
    }

    #[test]
    fn a_state_that_the_store_refuses_is_not_seen() {
        let memory = Rc::new(Memory::default());
        let cell = cell(&memory);
        memory.full.set(true);
        assert!(matches!(
            cell.commit(notes("new")),
            Err(StateError::Broken(_))
        ));
        assert_eq!(cell.snapshot().unwrap().text, "");
    }

    #[test]
    fn a_stored_state_of_another_version_is_not_read_as_this_one() {
        let memory = Rc::new(Memory::default());
        *memory.row.borrow_mut() = Some((1, r#"{"text":"old"}"#.to_owned()));
        let cell = cell(&memory);
        assert!(matches!(cell.snapshot(), Err(StateError::Broken(_))));
        assert!(matches!(
            cell.commit(notes("new")),
            Err(StateError::Broken(_))
        ));
        assert_eq!(
            *memory.row.borrow(),
            Some((1, r#"{"text":"old"}"#.to_owned())),
            "and it is not overwritten"
        );
    }

    #[tokio::test]
    async fn writers_take_turns_in_the_order_they_came() {
        let memory = Rc::new(Memory::default());
        let cell = cell(&memory);
        let order = RefCell::new(Vec::new());
        let writer = |n: u32| {
            let (cell, order) = (&cell, &order);
            async move {
                let _turn = cell.lock().await;
                let mut copy = Notes::clone(&*cell.snapshot().unwrap());
                // Others run here; without the lock they would start from the same copy.
                tokio::task::yield_now().await;
                copy.text.push_str(&n.to_string());
                cell.commit(copy).unwrap();
                order.borrow_mut().push(n);
            }
        };
        tokio::join!(writer(1), writer(2), writer(3));
        assert_eq!(*order.borrow(), [1, 2, 3]);
        assert_eq!(cell.snapshot().unwrap().text, "123");
    }
}
