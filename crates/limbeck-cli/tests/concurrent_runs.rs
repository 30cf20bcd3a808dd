//! Runs that start at the same moment: each revision is applied once, and all of them succeed.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod runs;

use std::thread;
use std::time::Duration;

use runs::{Place, Project, Transactions, revisions, shown};

const EVERY: [Transactions; 4] =
    [Transactions::WholeRun, Transactions::PerMigration, Transactions::External, Transactions::None];

const PROCESSES: usize = 16;
const REVISIONS: usize = 30;

/// Starts runs at once, kills the first of them when so asked, and fails unless the rest has done all the work once.
fn upgrade_at_once(place: Place, transactions: Transactions, kill: bool) {
    let project = Project::new(place, transactions);
    project.add_revisions(REVISIONS, if kill { 0.01 } else { 0.0 }, kill);
    let what = format!("{place:?}, {transactions:?}, kill: {kill}");
    let mut runs: Vec<_> = (0..PROCESSES).map(|_| project.start(&["upgrade", "head"])).collect();
    if kill {
        thread::sleep(Duration::from_millis(400));
        // the one that works is the one that its stderr says; any other proves nothing, so all older ones go
        for run in runs.drain(..3) {
            let mut run = run;
            run.kill().expect("the run can be killed");
            run.wait().expect("the run ends");
        }
    }
    for run in runs {
        let output = run.wait_with_output().expect("the run ends");
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
