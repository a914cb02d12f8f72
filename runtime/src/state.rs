//! The state of one key: a committed snapshot that readers share, and one writer at a time.
//!
//! A writer works on a copy. The copy becomes the state when the handler returns `Ok` and the store has taken it; until then nobody
//! sees it, and a handler that fails, or is dropped, leaves no trace.

use crate::agent::{Agent, StateSpec};
use crate::host::Host;
use crate::{Error, Result};
use std::cell::{OnceCell, RefCell};
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
}

impl<A: Agent> StateCell<A> {
    /// A state over a store. Nothing is read before it is needed.
    pub fn new(store: Box<dyn Store>) -> Self {
        Self {
            committed: OnceCell::new(),
            writer: Mutex::new(()),
            store,
            host: None,
            spec: A::STATE,
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
        let cell = self.cell()?;
        if **cell.borrow() == next {
            return Ok(());
        }
        let json = serde_json::to_string(&next)
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
        self.store.save(self.spec.version, &json)?;
        *cell.borrow_mut() = Rc::new(next);
        Ok(())
    }

    fn cell(&self) -> Result<&RefCell<Rc<A>>, StateError> {
        if let Some(cell) = self.committed.get() {
            return Ok(cell);
        }
        let state = match self.store.load()? {
            None => A::default(),
            Some((version, _)) if version != self.spec.version => {
                return Err(StateError::Broken(format!(
                    "the stored state has version {version}, the declaration has {}",
                    self.spec.version
                )));
            }
            Some((_, json)) => serde_json::from_str(&json).map_err(|e| {
                StateError::Broken(format!(
                    "the stored state does not fit the declaration: {e}"
                ))
            })?,
        };
        Ok(self.committed.get_or_init(|| RefCell::new(Rc::new(state))))
    }
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
    use std::cell::Cell;

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
