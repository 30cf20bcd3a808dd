//! A run: the steps that lead from what the database is to what it shall be, taken one after the other.

use std::collections::{HashSet, VecDeque};
use std::mem;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Instant;

use super::MigrationContext;
use super::heads::{HeadMaintainer, StepError};
use super::lock::RunLock;
use super::observer::{Aftermath, RunEvent, StepFailure};
use super::options::MigrationsFn;
use super::steps::{MigrationStep, RevisionStep};
use crate::config::WarningCategory;
use crate::ddl::WARNINGS;
use crate::error::{Error, Result};
use crate::host::{Direction, ScriptHost};
use crate::script::{RevisionId, Script};

/// The name of the reference's logger, which logging configurations speak of.
const LOG: &str = "alembic.runtime.migration";

/// What is known of the version table without asking the database.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The revisions that it holds, as this run sees it; `None` when they are too many to be worth the time.
    heads: Option<Vec<String>>,
    /// Those that it held when something was last committed.
    committed: Option<Vec<String>>,
    /// Whether a step has failed of which it is not settled yet what it leaves.
    has_failed: bool,
}

impl Progress {
    fn commit(&mut self) {
        self.committed.clone_from(&self.heads);
    }
}

/// How many rows of the version table are remembered from step to step.
const REMEMBERED_HEADS: usize = 20;

/// How a step ended.
enum Outcome {
    Done,
    /// It was not taken: another run has moved the version table to these revisions.
    Overtaken(Vec<String>),
}

impl MigrationContext {
    /// Does the work of the command: the steps that lead from what the database is to what it shall be.
    ///
    /// # Errors
    /// Those of the scripts and of the database. What a failed run leaves depends on the transactions that are open:
    /// see [`begin_transaction`](Self::begin_transaction).
    pub fn run_migrations(self: &Arc<Self>, host: &dyn ScriptHost) -> Result<()> {
        let Some(plan) = self.options().migrations_fn.clone() else {
            return Err(Error::assertion("this MigrationContext was given no work to do (fn)"));
        };
        if let Some(connection) = self.bind().filter(|_| !self.options().dont_mutate) {
            host.watch_interrupts(connection);
        }
        let mut lock = RunLock::of(self)?;
        let outcome = self.run_with_lock(host, &*plan, &mut lock);
        lock.end(self);
        self.tell(&RunEvent::Ended);
        outcome
    }

    fn run_with_lock(
        self: &Arc<Self>,
        host: &dyn ScriptHost,
        plan: &MigrationsFn,
        lock: &mut RunLock,
    ) -> Result<()> {
        self.implementation().start_migrations(self.executor())?;
        let mut heads = self.prepare_version_table(host, lock)?;
        let planned = plan(&heads, self);
        self.show_warnings();
        let mut steps = planned?;
        self.prepare_scripts(host, &steps)?;
        if !steps.is_empty() && lock.take(self, host)? {
            let present = self.get_current_heads()?;
            if present != heads {
                heads = present;
                steps = plan(&heads, self)?;
                self.prepare_scripts(host, &steps)?;
            }
        }
        if !steps.is_empty() && lock.is_for_each_transaction(self) {
            // what was read so far must not become part of the first step's transaction
            self.require_connection()?.rollback()?;
        }
        self.tell(&RunEvent::Planned(&steps));
        self.know_heads(Some(heads.clone()), true);
        let mut maintainer = HeadMaintainer::new(&heads);
        let mut steps = VecDeque::from(steps);
        while let Some(step) = steps.pop_front() {
            if let Err(error) = host.check_interrupts().and_then(|()| lock.check()) {
                self.progress().has_failed = true;
                if !self.has_transaction() {
                    self.settle(false);
                }
                return Err(error);
            }
            let scope = self.begin_migration_transaction()?;
            scope.enter()?;
            // only where the next step's script is part of the same transaction
            let ahead = !(steps.is_empty() || self.as_sql() || self.options().transaction_per_migration)
                && self.transactional_ddl();
            let outcome = self.take_step(host, &step, &mut maintainer, lock, ahead);
            match outcome {
                Ok(Outcome::Done) => {
                    if let Err(error) = lock.check_before_commit(self, steps.is_empty()) {
                        self.note_failure(&step);
                        let _ = scope.exit(true);
                        return Err(error);
                    }
                    scope.exit(false)?;
                }
                Ok(Outcome::Overtaken(present)) => {
                    scope.exit(true)?;
                    let planned = plan(&present, self)?;
                    self.prepare_scripts(host, &planned)?;
                    self.tell(&RunEvent::Planned(&planned));
                    self.know_heads(Some(present.clone()), true);
                    maintainer = HeadMaintainer::new(&present);
                    steps = planned.into();
                }
                Err(failed) => {
                    let StepError { step: failed, error } = *failed;
                    self.note_failure(&failed);
                    // a statement that an interrupt has stopped fails; the interrupt is the reason
                    let error = host.check_interrupts().err().unwrap_or(error);
                    // the failure of the step goes before one of the rollback
                    let _ = scope.exit(true);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Shows what reading the revisions and planning the steps have warned of, ahead of the steps.
    fn show_warnings(&self) {
        let Some(script) = self.script() else { return };
        for warning in script.messaging().take_unshown_warnings() {
            if warning.category == WarningCategory::User {
                log::warn!(target: WARNINGS, "{}", warning.message);
            }
        }
    }

    /// Tells the host which scripts will run, and which way.
    fn prepare_scripts(&self, host: &dyn ScriptHost, steps: &[MigrationStep]) -> Result<()> {
        let scripts: Vec<(Script<'_>, Direction)> = steps
            .iter()
            .filter_map(|step| match step {
                MigrationStep::Revision(revision) => {
                    Some(self.script_of(revision).map(|script| (script, direction(step))))
                }
                MigrationStep::Stamp(_) => None,
            })
            .collect::<Result<_>>()?;
        if scripts.is_empty() { Ok(()) } else { host.prepare(&scripts) }
    }

    /// Gives the present heads, once there is a version table for those to come.
    fn prepare_version_table(&self, host: &dyn ScriptHost, lock: &mut RunLock) -> Result<Vec<String>> {
        if self.options().purge {
            if self.as_sql() {
                return Err(Error::command("Can't use --purge with --sql mode"));
            }
            lock.take(self, host)?;
            self.ensure_version_table(true)?;
            return Ok(Vec::new());
        }
        if lock.must_come_first() {
            lock.take(self, host)?;
        }
        let mut heads = match self.get_current_heads() {
            Err(error) if lock.explains(&error) && lock.take(self, host)? => self.get_current_heads()?,
            heads => heads?,
        };
        if !self.as_sql() && heads.is_empty() && !self.options().dont_mutate {
            if !self.has_version_table()? {
                if lock.take(self, host)? {
                    heads = self.get_current_heads()?;
                }
                self.make_version_table(host, lock)?;
            }
            self.keep_version_table()?;
        }
        Ok(heads)
    }

    /// Makes the version table unless it is there.
    fn make_version_table(&self, host: &dyn ScriptHost, lock: &RunLock) -> Result<()> {
        if !lock.is_for_each_transaction(self) {
            return self.ensure_version_table(false);
        }
        let connection = self.require_connection()?;
        connection.rollback()?;
        let transaction = connection.begin_guarded()?;
        lock.take_for_transaction(self, host)?;
        self.ensure_version_table(false)?;
        Ok(transaction.commit()?)
    }

    /// Commits a new version table where the reference's driver does so by itself: on databases whose DDL it takes for
    /// non-transactional, unless a transaction is open that somebody asked for.
    fn keep_version_table(&self) -> Result<()> {
        if self.transactional_ddl() || self.is_in_external_transaction() || self.has_transaction() {
            return Ok(());
        }
        Ok(self.require_connection()?.commit()?)
    }

    /// Takes a step, unless another run has been there; with `ahead` its end need not be confirmed before the next step
    /// begins.
    ///
    /// # Errors
    /// The step that failed, this one or the one before, and why.
    fn take_step(
        self: &Arc<Self>,
        host: &dyn ScriptHost,
        step: &MigrationStep,
        maintainer: &mut HeadMaintainer,
        lock: &RunLock,
        ahead: bool,
    ) -> std::result::Result<Outcome, Box<StepError>> {
        let of_this = |error: Error| Box::new(StepError { step: step.clone(), error });
        if let Some(present) = self.overtaken(host, maintainer, lock).map_err(of_this)? {
            return Ok(Outcome::Overtaken(present));
        }
        if let Some(connection) = self.bind() {
            connection.start_journal();
        }
        self.tell(&RunEvent::StepStarted(step));
        let started = Instant::now();
        let ran = self.run_script(host, step, maintainer);
        // a script that runs after a change that failed may fail because of it
        maintainer.confirm(self)?;
        ran.and_then(|()| self.end_step(step, maintainer, ahead)).map_err(of_this)?;
        let tracker = maintainer.tracker();
        let heads = tracker.heads_if_fewer(REMEMBERED_HEADS);
        self.know_heads(heads.map(|heads| heads.iter().map(ToString::to_string).collect()), false);
        self.tell(&RunEvent::StepFinished { step, duration: started.elapsed() });
        Ok(Outcome::Done)
    }

    /// Gives what the version table holds, where another run has changed it before this one took the lock of a step.
    fn overtaken(
        &self,
        host: &dyn ScriptHost,
        maintainer: &HeadMaintainer,
        lock: &RunLock,
    ) -> Result<Option<Vec<String>>> {
        if lock.take_for_transaction(self, host)? {
            let present = self.get_current_heads()?;
            let expected = maintainer.tracker().heads();
            if !same_revisions(&expected, &present) {
                return Ok(Some(present));
            }
        }
        Ok(None)
    }

    fn run_script(
        self: &Arc<Self>,
        host: &dyn ScriptHost,
        step: &MigrationStep,
        maintainer: &HeadMaintainer,
    ) -> Result<()> {
        if self.as_sql() && maintainer.tracker().is_empty() {
            self.create_version_table()?;
        }
        log::info!(target: LOG, "Running {step}");
        if self.as_sql() {
            self.static_output(&format!("-- Running {}", step.short_log()))?;
        }
        if let MigrationStep::Revision(revision) = step {
            host.run_revision(&self.script_of(revision)?, direction(step), self)?;
        }
        Ok(())
    }

    /// Writes a step into the version table and tells env.py.
    fn end_step(
        self: &Arc<Self>,
        step: &MigrationStep,
        maintainer: &mut HeadMaintainer,
        ahead: bool,
    ) -> Result<()> {
        maintainer.update_to_step(self, step, self.require_script()?.revision_map(), ahead)?;
        self.options().hooks.on_version_apply(self, &step.info(), maintainer.tracker())
    }

    /// Gives the revision that a step runs.
    fn script_of(&self, step: &RevisionStep) -> Result<Script<'_>> {
        let script = self.require_script()?;
        let node = script.revision_map().find(step.revision().as_str()).ok_or_else(|| {
            Error::exception(format!("the script directory has no revision '{}' any more", step.revision()))
        })?;
        Ok(script.script(node))
    }

    /// Tells whoever shows the run.
    fn tell(&self, event: &RunEvent<'_>) {
        if self.as_sql() || self.options().dont_mutate {
            return;
        }
        if let Some(observer) = self.config().as_ref().and_then(|config| config.run_observer()) {
            observer.observe(event);
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn know_heads(&self, heads: Option<Vec<String>>, are_committed: bool) {
        let mut progress = self.progress();
        progress.heads = heads;
        if are_committed {
            progress.commit();
        }
    }

    /// Hears that what was done so far is committed.
    pub(super) fn note_commit(&self) {
        let mut progress = self.progress();
        progress.commit();
    }

    /// Tells of a step that failed, before anything is rolled back.
    fn note_failure(&self, step: &MigrationStep) {
        let Some(connection) = self.bind() else { return };
        self.progress().has_failed = true;
        let revision = match step {
            MigrationStep::Revision(revision) => {
                Some((revision.revision().to_string(), revision.path().to_owned()))
            }
            MigrationStep::Stamp(_) => None,
        };
        self.tell(&RunEvent::StepFailed(&StepFailure {
            step: step.short_log(),
            revision,
            refused: connection.last_failure(),
            kept: connection.kept_statements(),
            connection_lost: connection.invalidated(),
        }));
    }

    /// Tells what a run leaves whose step failed in a transaction of env.py's own, once env.py has ended.
    pub(crate) fn settle_for_environment(&self) {
        let Some(connection) = self.bind().filter(|_| self.progress().has_failed) else { return };
        if connection.invalidated() {
            return self.settle(false);
        }
        if connection.in_transaction() {
            return;
        }
        if !connection.is_closed() {
            return self.settle(false);
        }
        let engine = connection.engine();
        if engine.is_memory_database() {
            return;
        }
        let Ok(own) = engine.connect_separately() else { return };
        if let Ok(heads) = self.heads_on(&own) {
            self.progress().has_failed = false;
            self.tell(&RunEvent::Settled(&Aftermath::Read(heads)));
        }
        let _ = own.close();
    }

    /// Tells what a run leaves whose step or commit has failed, once nothing of it is open any more.
    pub(super) fn settle(&self, was_commit: bool) {
        let has_failed = mem::take(&mut self.progress().has_failed);
        let Some(connection) = self.bind().filter(|_| has_failed || was_commit) else { return };
        let read = if connection.invalidated() || connection.in_transaction() {
            None
        } else {
            let read = self.get_current_heads();
            let _ = connection.rollback();
            read.ok()
        };
        let aftermath = match read {
            Some(heads) => Aftermath::Read(heads),
            None if was_commit => Aftermath::Unknown,
            None => self.progress().committed.clone().map_or(Aftermath::Unknown, Aftermath::Remembered),
        };
        self.tell(&RunEvent::Settled(&aftermath));
    }
}

/// Tells whether two lists have the same revisions, in whatever order.
fn same_revisions(revisions: &[RevisionId], names: &[String]) -> bool {
    let known: HashSet<&str> = revisions.iter().map(RevisionId::as_str).collect();
    known.len() == names.len() && names.iter().all(|name| known.contains(name.as_str()))
}

/// Gives the function that a step runs.
fn direction(step: &MigrationStep) -> Direction {
    if step.is_upgrade() { Direction::Upgrade } else { Direction::Downgrade }
}
