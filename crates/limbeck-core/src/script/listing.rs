//! Which files of the version locations are revision files, in which order, and what their headers say.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::RevisionHeader;
use super::header::{HeaderReading, RevisionFileError, read_header};
use super::revision::Revision;
use crate::config::{Messaging, WarningCategory};
use crate::error::{Error, Result};
use crate::host::ScriptHost;

/// Stack of a thread that parses, in bytes: a generated file may nest expressions deeply.
const PARSER_STACK: usize = 256 << 20;
/// Files up to this number are parsed on one thread: starting more takes longer than the work.
const FEW_FILES: usize = 16;

/// Where revision files are looked for.
pub(super) struct Listing<'a> {
    pub(super) locations: &'a [PathBuf],
    pub(super) recursive: bool,
    pub(super) sourceless: bool,
}

impl Listing<'_> {
    /// Reads all revisions, doing `meanwhile` on this thread. Their order is that of the locations, then of the file
    /// names.
    ///
    /// # Errors
    /// Files that cannot be read, are not Python, or say no revision.
    pub(super) fn load(
        &self,
        host: &dyn ScriptHost,
        messaging: &Messaging,
        meanwhile: impl FnOnce(),
    ) -> Result<Vec<Revision>> {
        let paths = self.revision_files(messaging)?;
        let headers = read_headers(&paths, meanwhile);
        let mut revisions = Vec::with_capacity(paths.len());
        for (path, header) in paths.into_iter().zip(headers) {
            revisions.push(revision_of(&path, header?, host)?);
        }
        Ok(revisions)
    }

    /// The revision files, symbolic links resolved, each once.
    fn revision_files(&self, messaging: &Messaging) -> Result<Vec<PathBuf>> {
        let mut seen: HashSet<PathBuf> = HashSet::new();
        let mut paths = Vec::new();
        for location in self.locations.iter().filter(|location| location.exists()) {
            let real = fs::canonicalize(location).map_err(|error| Error::io(location, error))?;
            let mut files = Vec::new();
            self.list(&real, &mut files)?;
            for file in files {
                if !seen.insert(file.clone()) {
                    messaging.warn(
                        WarningCategory::User,
                        format!(
                            "File {} loaded twice! ignoring. Please ensure version_locations is unique.",
                            file.display()
                        ),
                    );
                    continue;
                }
                match self.kind(&file) {
                    FileKind::Source => paths.push(file),
                    FileKind::Compiled => return Err(RevisionFileError::Compiled { path: file }.into()),
                    FileKind::Other => {}
                }
            }
        }
        Ok(paths)
    }

    /// Adds the files of a directory, sorted, and with `recursive` then those of its directories.
    fn list(&self, directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
        let failed = |error| Error::io(directory, error);
        let mut names = Vec::new();
        let mut directories = Vec::new();
        for entry in fs::read_dir(directory).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                directories.push(entry.file_name());
            } else {
                names.push((entry.file_name(), kind.is_symlink()));
            }
        }
        names.sort();
        directories.sort();
        let is_cache = |name: &OsStr| name.as_encoded_bytes().ends_with(b"__pycache__");
        if !directory.file_name().is_some_and(is_cache) {
            for (name, is_symlink) in &names {
                let path = directory.join(name);
                files.push(if *is_symlink { resolved(path) } else { path });
            }
            let cache = directory.join("__pycache__");
            if self.sourceless && cache.is_dir() {
                list_cache(&cache, &names, files)?;
            }
        }
        if self.recursive {
            for name in directories {
                self.list(&directory.join(name), files)?;
            }
        }
        Ok(())
    }

    /// Tells what a file is by its name, by the rules of the reference's `Script._from_path`.
    fn kind(&self, path: &Path) -> FileKind {
        let Some(name) = path.file_name().and_then(OsStr::to_str) else { return FileKind::Other };
        if is_revision_source(name) {
            return FileKind::Source;
        }
        let is_compiled = |extension: &str| {
            name.strip_suffix(extension)
                .is_some_and(|source| is_revision_source(source) && !path.with_file_name(source).exists())
        };
        if self.sourceless && (is_compiled("c") || is_compiled("o")) {
            return FileKind::Compiled;
        }
        FileKind::Other
    }
}

/// Adds the compiled files whose source is not there.
fn list_cache(cache: &Path, names: &[(OsString, bool)], files: &mut Vec<PathBuf>) -> Result<()> {
    let stem = |name: &OsStr| name.to_string_lossy().split('.').next().unwrap_or_default().to_owned();
    let known: HashSet<String> = names.iter().map(|(name, _)| stem(name)).collect();
    let mut compiled = Vec::new();
    for entry in fs::read_dir(cache).map_err(|error| Error::io(cache, error))? {
        let name = entry.map_err(|error| Error::io(cache, error))?.file_name();
        if !known.contains(&stem(&name)) {
            compiled.push(cache.join(name));
        }
    }
    compiled.sort();
    files.extend(compiled);
    Ok(())
}

enum FileKind {
    Source,
    Compiled,
    Other,
}

/// Says whether a file name is that of a revision file: Python, neither a package's own nor an editor's lock.
pub(super) fn is_revision_source(name: &str) -> bool {
    name.strip_suffix(".py").is_some_and(|stem| !stem.is_empty())
        && !name.starts_with(".#")
        && !name.starts_with("__init__")
}

/// Where a symbolic link leads, also when nothing is there.
fn resolved(link: PathBuf) -> PathBuf {
    if let Ok(real) = fs::canonicalize(&link) {
        return real;
    }
    match fs::read_link(&link) {
        Ok(target) => link.parent().map_or_else(|| target.clone(), |directory| directory.join(&target)),
        Err(_) => link,
    }
}

/// Reads the headers of many files on other threads, doing `meanwhile` on this one; no syntax tree outlives its file.
fn read_headers(paths: &[PathBuf], meanwhile: impl FnOnce()) -> Vec<Result<HeaderReading>> {
    // As many threads as there are processors, when none is said.
    let threads = usize::from(paths.len() <= FEW_FILES);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(PARSER_STACK).build();
    let Ok(pool) = pool else {
        // Where no thread can be started, the one at hand does the work.
        meanwhile();
        return paths.iter().map(|path| read_file(path)).collect();
    };
    let mut headers = Vec::new();
    pool.in_place_scope(|scope| {
        scope.spawn(|_| headers = paths.par_iter().map(|path| read_file(path)).collect());
        meanwhile();
    });
    headers
}

fn read_file(path: &Path) -> Result<HeaderReading> {
    let source = fs::read(path).map_err(|error| Error::io(path, error))?;
    read_header(&source).map_err(|error| error.in_file(path).into())
}

/// Reads the revision of one file, as after it was written.
///
/// # Errors
/// As for all files; `None` when the name is not that of a revision file.
pub(super) fn load_revision(path: &Path, host: &dyn ScriptHost) -> Result<Option<Revision>> {
    let is_source = path.file_name().and_then(OsStr::to_str).is_some_and(is_revision_source);
    if !is_source {
        return Ok(None);
    }
    let header = read_headers(std::slice::from_ref(&path.to_owned()), || ()).pop();
    let Some(header) = header else { return Ok(None) };
    revision_of(path, header?, host).map(Some)
}

/// Makes the revision of a file from its header, executing the file where the header is not literal.
fn revision_of(path: &Path, reading: HeaderReading, host: &dyn ScriptHost) -> Result<Revision> {
    let header = match reading {
        HeaderReading::Literal(header) => header,
        HeaderReading::NeedsExecution => host.execute_header(path)?,
    };
    let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    let RevisionHeader { revision, down_revision, branch_labels, depends_on, doc } = header;
    let revision = match revision {
        Some(revision) => revision,
        None => legacy_revision(&name).ok_or_else(|| {
            Error::command(format!(
                "Could not determine revision id from filename {name}. Be sure the 'revision' variable is declared \
                 inside the script (please see 'Upgrading from Alembic 0.1 to 0.2' in the documentation)."
            ))
        })?,
    };
    let Some(down_revision) = down_revision else {
        return Err(RevisionFileError::NoDownRevision { path: path.to_owned(), revision }.into());
    };
    Revision::new(revision, &down_revision, &depends_on, &branch_labels)
        .map(|revision| revision.with_script(path, doc.as_deref()))
        .map_err(Error::from_revision)
}

/// The revision that the name of an old file is: hexadecimal digits and nothing else.
fn legacy_revision(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".py")?;
    let is_revision = !stem.is_empty() && stem.bytes().all(|byte| matches!(byte, b'a'..=b'f' | b'0'..=b'9'));
    is_revision.then(|| stem.to_owned())
}
