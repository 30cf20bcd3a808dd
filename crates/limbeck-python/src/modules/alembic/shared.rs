//! What user code registers, for all threads.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A list that all threads share.
pub(super) struct Shared<T>(Mutex<Vec<T>>);

impl<T> Shared<T> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the list; `work` must not ask for it again.
    pub(super) fn with_borrow<R>(&self, work: impl FnOnce(&Vec<T>) -> R) -> R {
        work(&self.lock())
    }

    /// Changes the list; `work` must not ask for it again.
    pub(super) fn with_borrow_mut<R>(&self, work: impl FnOnce(&mut Vec<T>) -> R) -> R {
        work(&mut self.lock())
    }

    /// Empties the list.
    pub(super) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.lock())
    }
}
