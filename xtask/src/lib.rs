//! What the task runner and the black-box tests share: sessions recorded with the reference, their
//! normaliser, dumps of SQLite files, a generator of projects, and the database servers that tests need.
//!
//! It lives in the library half of `xtask`, which `limbeck-cli` takes as a dev-dependency: recorder and test
//! then run sessions and normalise their output with the same code, and no crate exists for it alone.
//! Nothing here is part of the `alembic` binary.

pub mod compare;
pub mod database;
pub mod databases;
pub mod dump;
pub mod graphs;
pub mod normalise;
pub mod process;
pub mod project;
pub mod random;
pub mod record;
pub mod run;
pub mod server;
pub mod session;
pub mod shapes;
pub mod variants;

use std::path::{Path, PathBuf};

/// Returns the root directory of the workspace that this crate was built in.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Returns the workspace's target directory.
#[must_use]
pub fn target_directory() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace_root().join("target"), PathBuf::from)
}

/// Returns the directory that holds the recorded cases.
#[must_use]
pub fn cases_directory() -> PathBuf {
    workspace_root().join("tests/reference/cases")
}

/// Returns the directory that holds the records of the generated sessions on revision graphs.
#[must_use]
pub fn graphs_directory() -> PathBuf {
    workspace_root().join("tests/reference/generated_graphs")
}

/// Turns an I/O error into a sentence that names the file.
pub(crate) fn at<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}
