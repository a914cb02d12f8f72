//! In which order the handlers of one connection run: that in which things happened.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The connections of which something is being handled.
#[derive(Default)]
pub struct Lines(RefCell<BTreeMap<String, Line>>);

/// What waits at one connection, first come, first served.
///
/// Handlers that write share it: they queue for the state by themselves, in the order of all connections. All others have it alone, for
/// nothing else would keep two of them apart.
type Line = Rc<RwLock<()>>;

/// A turn at a connection.
pub enum Turn<'a> {
    /// Of a handler that writes.
    Shared { _turn: RwLockReadGuard<'a, ()> },
    /// Of any other.
    Alone { _turn: RwLockWriteGuard<'a, ()> },
}

impl Lines {
    /// The line of a connection. It is to be given back by [`Lines::leave`].
    pub fn at(&self, id: &str) -> Line {
        self.0
            .borrow_mut()
            .entry(id.to_owned())
            .or_default()
            .clone()
    }

    /// Nobody waits any more who came by `line`.
    pub fn leave(&self, id: &str, line: Line) {
        let others = Rc::strong_count(&line) > 2;
        if !others {
            self.0.borrow_mut().remove(id);
        }
    }
}

/// Waits for a turn. The place in the line is taken when this is first polled.
pub async fn turn(line: &Line, writes: bool) -> Turn<'_> {
    if writes {
        let _turn = line.read().await;
        Turn::Shared { _turn }
    } else {
        let _turn = line.write().await;
        Turn::Alone { _turn }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_overtakes_and_nothing_is_left() {
        let (lines, order) = (Lines::default(), RefCell::new(Vec::new()));
        let pass = |name: &'static str, writes, steps: u32| {
            let (lines, order) = (&lines, &order);
            async move {
                let line = lines.at("a");
                let taken = turn(&line, writes).await;
                for _ in 0..steps {
                    tokio::task::yield_now().await;
                }
                order.borrow_mut().push(name);
                drop(taken);
                lines.leave("a", line);
            }
        };
        tokio::join!(
            pass("read 1", false, 3),
            pass("read 2", false, 0),
            pass("write 1", true, 2),
            pass("write 2", true, 2),
            pass("read 3", false, 0),
        );
        let expected = ["read 1", "read 2", "write 1", "write 2", "read 3"];
        assert_eq!(*order.borrow(), expected);
        assert!(lines.0.borrow().is_empty());
    }
}
