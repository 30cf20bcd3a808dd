//! Runs that start at the same moment: each revision is applied once, and all of them succeed.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod runs;

use runs::{Place, Project, Transactions, revisions, shown};

const EVERY: [Transactions; 4] =
    [Transactions::WholeRun, Transactions::PerMigration, Transactions::External, Transactions::None];

const PROCESSES: usize = 16;
const REVISIONS: usize = 30;

/// Starts runs at once, kills the one that works when so asked, and fails unless the rest has done all the work once.
fn upgrade_at_once(place: Place, transactions: Transactions, kill: bool) {
    let project = Project::new(place, transactions);
    project.add_revisions(REVISIONS, if kill { 0.01 } else { 0.0 }, kill);
    let what = format!("{place:?}, {transactions:?}, kill: {kill}");
    let mut runs: Vec<_> = (0..PROCESSES).map(|_| project.start(&["upgrade", "head", "-v"])).collect();
    if kill {
        // Whoever has the lock is the one that takes the steps.
        let steps = || std::fs::read_to_string(project.root().join("progress")).unwrap_or_default();
        runs::wait_until("a third is done", || steps().lines().count() >= REVISIONS / 3);
        let worker = steps().lines().next_back().expect("a number").to_owned();
        let place = runs.iter().position(|run| run.id().to_string() == worker).expect("one of the runs");
        let output = runs.swap_remove(place).kill();
        assert!(!output.status.success(), "{what}: the run was over");
    }
    for run in runs {
        let output = run.end();
        assert!(output.status.success(), "{what}: {}", shown(&output));
    }
    assert_eq!(project.ran(), revisions(REVISIONS), "{what}");
    assert_eq!(project.query("SELECT version_num FROM alembic_version"), ["r030"], "{what}");
}

#[test]
fn runs_at_once_apply_each_revision_once_on_sqlite() {
    for transactions in EVERY {
        upgrade_at_once(Place::Sqlite, transactions, false);
    }
    upgrade_at_once(Place::Sqlite, Transactions::WholeRun, true);
    upgrade_at_once(Place::Sqlite, Transactions::PerMigration, true);
}

#[test]
fn runs_at_once_apply_each_revision_once_on_postgresql() {
    for transactions in EVERY {
        upgrade_at_once(Place::Postgresql, transactions, false);
    }
    upgrade_at_once(Place::Postgresql, Transactions::WholeRun, true);
    upgrade_at_once(Place::Postgresql, Transactions::PerMigration, true);
}

#[test]
fn runs_at_once_apply_each_revision_once_on_mariadb() {
    for transactions in EVERY {
        upgrade_at_once(Place::Mariadb, transactions, false);
    }
    upgrade_at_once(Place::Mariadb, Transactions::WholeRun, true);
}
