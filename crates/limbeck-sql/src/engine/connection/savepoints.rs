//! The ends of a connection's savepoints: released, or rolled back to.

use std::borrow::Cow;

use super::Connection;
use crate::engine::{EngineEvent, Execution, StatementOrigin};
use crate::error::{Error, Result};

impl Connection {
    pub(in crate::engine) fn savepoint_is_active(&self, id: u64) -> bool {
        self.state().savepoints.iter().any(|savepoint| savepoint.id == id && savepoint.active)
    }

    pub(in crate::engine) fn release_savepoint(&self, id: u64) -> Result<()> {
        let state = self.state();
        match state.savepoints.iter().position(|savepoint| savepoint.id == id) {
            Some(position) if state.savepoints[position].active => {
                let name = state.savepoints[position].name.clone();
                drop(state);
                self.tell(EngineEvent::ReleaseSavepoint(self, &name))?;
                self.end_savepoint(position, &format!("RELEASE SAVEPOINT {name}"), true)
            }
            Some(position) if position + 1 == state.savepoints.len() => Err(state.pending_rollback()),
            _ => Err(Error::InvalidRequest("This nested transaction is inactive".to_owned())),
        }
    }

    pub(in crate::engine) fn rollback_to_savepoint(&self, id: u64) -> Result<()> {
        let mut state = self.state();
        let Some(position) = state.savepoints.iter().position(|savepoint| savepoint.id == id) else {
            return Ok(());
        };
        let live =
            state.savepoints[position].active && state.transaction.as_ref().is_some_and(|root| root.active);
        if live {
            let name = state.savepoints[position].name.clone();
            drop(state);
            self.tell(EngineEvent::RollbackSavepoint(self, &name))?;
            self.end_savepoint(position, &format!("ROLLBACK TO SAVEPOINT {name}"), false)
        } else {
            state.savepoints.truncate(position);
            Ok(())
        }
    }

    /// Releases or rolls back to the savepoint at `position`.
    fn end_savepoint(&self, position: usize, sql: &str, stays_on_failure: bool) -> Result<()> {
        let Some(listener) = self.listener() else {
            return self.state().end_savepoint(position, sql, stays_on_failure).map(drop);
        };
        let mut execution = Execution {
            sql: Cow::Borrowed(sql),
            parameter_sets: Cow::Owned(vec![self.in_style(Vec::new())]),
            is_many: false,
            origin: StatementOrigin::Savepoint,
        };
        let mut kept = listener.before_execute(self, &mut execution)?;
        // the savepoint ends in the database whoever says it
        listener.execute_instead(self, &execution, &mut kept)?;
        let result = self.state().end_savepoint(position, sql, stays_on_failure);
        match result {
            Ok(result) => listener.after_execute(self, &execution, kept, &result),
            Err(error) => Err(listener.execute_failed(self, &execution, kept, error)),
        }
    }
}
