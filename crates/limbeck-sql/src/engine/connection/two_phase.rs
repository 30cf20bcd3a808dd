//! A connection's two-phase transactions.

use super::{Connection, State, TwoPhase, lock};
use crate::engine::{EngineEvent, Transaction, TwoPhaseStep, TwoPhaseWork, Value};
use crate::error::{Error, Result};
use crate::expression::{Statement, TextClause};

impl Connection {
    /// Begins a transaction that is prepared before it is committed, as `begin_twophase`.
    ///
    /// Fails with `InvalidRequestError` when a transaction is begun already, with `NotImplementedError` where the
    /// database has no such transactions.
    pub fn begin_two_phase(&self, xid: &str) -> Result<Transaction> {
        let mut state = self.state();
        state.driver()?;
        if state.transaction.is_some() {
            return Err(Error::InvalidRequest(
                "Cannot start a two phase transaction when a transaction is already in progress.".to_owned(),
            ));
        }
        let id = state.begin();
        drop(state);
        let begun = self
            .tell(EngineEvent::BeginTwoPhase(self, xid))
            .and_then(|()| self.take_step(TwoPhaseStep::Begin, xid));
        if let Err(error) = begun {
            self.rollback()?;
            return Err(error);
        }
        if let Some(root) = &mut self.state().transaction {
            root.two_phase = Some(TwoPhase { xid: xid.to_owned(), is_prepared: false });
        }
        Ok(Transaction { connection: self.clone(), id })
    }

    /// Commits a two-phase transaction that was prepared, perhaps on another connection.
    pub fn commit_prepared(&self, xid: &str) -> Result<()> {
        self.take_step(TwoPhaseStep::Commit { is_prepared: true }, xid)
    }

    /// Rolls back a two-phase transaction that was prepared, perhaps on another connection.
    pub fn rollback_prepared(&self, xid: &str) -> Result<()> {
        self.take_step(TwoPhaseStep::Rollback { is_prepared: true }, xid)
    }

    /// Gives the identifiers of the two-phase transactions that are prepared and not ended.
    pub fn prepared_transactions(&self) -> Result<Vec<Value>> {
        let driver = self.state().driver()?;
        lock(&driver).prepared_transactions()
    }

    pub(in crate::engine) fn two_phase_id(&self, id: u64) -> Option<String> {
        let state = self.state();
        let root = state.transaction.as_ref().filter(|root| root.id == id)?;
        Some(root.two_phase.as_ref()?.xid.clone())
    }

    pub(in crate::engine) fn prepare_two_phase(&self, id: u64) -> Result<()> {
        let Some(xid) = self.two_phase_id(id).filter(|_| self.transaction_is_active(id)) else {
            return Err(Error::InvalidRequest("This transaction is inactive".to_owned()));
        };
        self.tell(EngineEvent::PrepareTwoPhase(self, &xid))?;
        self.take_step(TwoPhaseStep::Prepare, &xid)?;
        if let Some(two_phase) = self.state().two_phase() {
            two_phase.is_prepared = true;
        }
        Ok(())
    }

    pub(super) fn two_phase(&self) -> Option<TwoPhase> {
        self.state().two_phase().cloned()
    }

    pub(super) fn commit_two_phase(&self, two_phase: &TwoPhase) -> Result<()> {
        let TwoPhase { xid, is_prepared } = two_phase;
        let state = self.state();
        if state.transaction.as_ref().is_some_and(|root| !root.active) {
            return Err(state.pending_rollback());
        }
        drop(state);
        self.tell(EngineEvent::CommitTwoPhase(self, xid, *is_prepared))?;
        self.state().savepoints.clear();
        let committed = self.take_step(TwoPhaseStep::Commit { is_prepared: *is_prepared }, xid);
        let mut state = self.state();
        match &committed {
            Ok(()) => {
                state.transaction = None;
                state.journal.committed();
            }
            Err(_) => {
                if let Some(root) = &mut state.transaction {
                    root.active = false;
                }
            }
        }
        committed
    }

    pub(super) fn rollback_two_phase(&self, two_phase: &TwoPhase) -> Result<()> {
        let TwoPhase { xid, is_prepared } = two_phase;
        self.tell(EngineEvent::RollbackTwoPhase(self, xid, *is_prepared))?;
        let mut state = self.state();
        state.savepoints.clear();
        if let Some(root) = &mut state.transaction {
            // the statements of its end are statements of the transaction
            root.active = true;
        }
        drop(state);
        let rolled_back = self.take_step(TwoPhaseStep::Rollback { is_prepared: *is_prepared }, xid);
        let mut state = self.state();
        state.transaction = None;
        state.journal.rolled_back();
        rolled_back
    }

    pub(super) fn restart_two_phase(&self, two_phase: &TwoPhase) -> Result<()> {
        self.take_step(TwoPhaseStep::Rollback { is_prepared: two_phase.is_prepared }, &two_phase.xid)?;
        self.take_step(TwoPhaseStep::Begin, &two_phase.xid)
    }

    fn take_step(&self, step: TwoPhaseStep, xid: &str) -> Result<()> {
        let driver = self.state().driver()?;
        let work = lock(&driver).two_phase(step, xid);
        match work {
            Ok(TwoPhaseWork::Done) => Ok(()),
            Ok(TwoPhaseWork::Statements(texts)) => texts.iter().try_for_each(|text| {
                let text = TextClause { text: (*text).to_owned(), binds: Vec::new() };
                let parameters = [("xid".to_owned(), Value::Text(xid.to_owned()))];
                self.execute(&Statement::Text(text), &parameters).map(drop)
            }),
            Err(error) => {
                self.state().note_failure(&error, &**lock(&driver), "");
                Err(error)
            }
        }
    }
}

impl State {
    fn two_phase(&mut self) -> Option<&mut TwoPhase> {
        self.transaction.as_mut()?.two_phase.as_mut()
    }
}
