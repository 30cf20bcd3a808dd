//! Compiled code, kept between runs.
//!
//! Compiling a script takes several times as long as running it, so the compiled form of every file that
//! a project's runs execute is kept in one pack per project under the user's cache directory. An entry is
//! used only when the SHA-256 of the source is the one it was compiled from; a pack that is damaged, was
//! written by another version, or cannot be read counts as empty. A pack is written to a temporary file and
//! renamed, so that two processes at once leave one of the two whole packs, and a cache that cannot be
//! written is no error: the next run compiles again.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rustpython_compiler::{CompileError, CompileOpts, Mode};
use rustpython_compiler_core::bytecode::AsBag;
use rustpython_compiler_core::marshal;
use rustpython_vm::builtins::PyCode;
use rustpython_vm::{Context, PyRef};
use sha2::{Digest, Sha256};

/// The first bytes of a pack: a name and the format of everything in it.
const MAGIC: &[u8] = concat!("limbeck code ", env!("CARGO_PKG_VERSION"), " rustpython 0.5.0 1\n").as_bytes();

/// The SHA-256 of a source text or of a pack's body.
type Fingerprint = [u8; 32];

/// The compiled code of one project's files.
#[derive(Debug)]
pub struct CodeCache {
    pack: Option<PathBuf>,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_path: HashMap<String, Entry>,
    changed: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    source: Fingerprint,
    code: Arc<[u8]>,
}

impl CodeCache {
    /// Opens the cache of the project that `project` (its configuration file or script directory) names.
    ///
    /// `directory` is Limbeck's cache directory; without one, code is kept for this run only.
    pub fn open(directory: Option<&Path>, project: &Path) -> Self {
        let pack = directory.map(|directory| {
            let project = std::path::absolute(project).unwrap_or_else(|_| project.to_owned());
            let name = hexadecimal(&Sha256::digest(project.as_os_str().as_encoded_bytes())[..12]);
            directory.join("code").join(format!("{name}.pack"))
        });
        let by_path = pack.as_deref().and_then(read_pack).unwrap_or_default();
        Self { pack, entries: Mutex::new(Entries { by_path, changed: false }) }
    }

    /// Gives the compiled form of `source`, the text of the file at `path`, compiling it when it is not known.
    /// Its constants are objects of `context` from the start, so that nothing is copied before it runs.
    ///
    /// # Errors
    /// A syntax error in `source`.
    pub fn compile(
        &self,
        source: &str,
        path: &str,
        context: &Context,
    ) -> Result<PyRef<PyCode>, Box<CompileError>> {
        let fingerprint: Fingerprint = Sha256::digest(source.as_bytes()).into();
        if let Some(code) = self.lookup(path, &fingerprint, context) {
            return Ok(code);
        }
        let code = rustpython_compiler::compile(source, Mode::Exec, path, CompileOpts::default())?;
        let mut bytes = Vec::new();
        marshal::serialize_code(&mut bytes, &code);
        let mut entries = self.lock();
        entries.by_path.insert(path.to_owned(), Entry { source: fingerprint, code: bytes.into() });
        entries.changed = true;
        drop(entries);
        Ok(context.new_code(code))
    }

    fn lookup(&self, path: &str, fingerprint: &Fingerprint, context: &Context) -> Option<PyRef<PyCode>> {
        let entries = self.lock();
        let entry = entries.by_path.get(path).filter(|entry| entry.source == *fingerprint)?;
        let code = Arc::clone(&entry.code);
        drop(entries);
        let code = marshal::deserialize_code(&mut &code[..], context.as_bag()).ok()?;
        Some(context.new_code(code))
    }

    /// Writes the pack when this run compiled something new; entries of files that are gone are left out.
    pub fn save(&self) {
        let mut entries = self.lock();
        if !entries.changed {
            return;
        }
        entries.changed = false;
        entries.by_path.retain(|path, _| Path::new(path).exists());
        if let Some(pack) = &self.pack {
            // A cache that cannot be written only costs time, so the failure is not reported.
            let _ = write_pack(pack, &entries.by_path);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Reads a pack; `None` when it is missing, damaged, or of another version.
fn read_pack(path: &Path) -> Option<HashMap<String, Entry>> {
    let bytes = std::fs::read(path).ok()?;
    let body = bytes.strip_prefix(MAGIC)?;
    let (checksum, mut rest) = body.split_first_chunk::<32>()?;
    let actual: Fingerprint = Sha256::digest(rest).into();
    if *checksum != actual {
        return None;
    }
    let mut entries = HashMap::new();
    while !rest.is_empty() {
        let path = take_block(&mut rest)?;
        let source = take_block(&mut rest)?;
        let code = take_block(&mut rest)?;
        let path = String::from_utf8(path.to_vec()).ok()?;
        entries.insert(path, Entry { source: source.try_into().ok()?, code: code.into() });
    }
    Some(entries)
}

fn write_pack(path: &Path, entries: &HashMap<String, Entry>) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory)?;
    let mut body = Vec::new();
    for (path, entry) in entries {
        put_block(&mut body, path.as_bytes());
        put_block(&mut body, &entry.source);
        put_block(&mut body, &entry.code);
    }
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(MAGIC)?;
    file.write_all(&Sha256::digest(&body))?;
    file.write_all(&body)?;
    file.persist(path)?;
    Ok(())
}

/// Takes a length (eight bytes, little end first) and as many bytes off the front of `rest`.
fn take_block<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (block, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(block)
}

fn put_block(body: &mut Vec<u8>, block: &[u8]) {
    body.extend_from_slice(&(block.len() as u64).to_le_bytes());
    body.extend_from_slice(block);
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opens the cache of a project in `directory` whose file `a.py` exists.
    fn open(directory: &Path) -> (CodeCache, String) {
        let script = directory.join("a.py");
        std::fs::write(&script, "x = 1").unwrap();
        (CodeCache::open(Some(&directory.join("cache")), directory), script.display().to_string())
    }

    fn pack(cache: &CodeCache) -> &Path {
        cache.pack.as_deref().unwrap()
    }

    #[test]
    fn code_survives_to_the_next_run_and_a_changed_source_is_compiled_again() {
        let directory = tempfile::tempdir().unwrap();
        let (cache, script) = open(directory.path());
        cache.compile("x = 1", &script, Context::genesis()).unwrap();
        cache.save();
        let (again, _) = open(directory.path());
        assert!(again.lookup(&script, &Sha256::digest("x = 1").into(), Context::genesis()).is_some());
        assert!(again.lookup(&script, &Sha256::digest("x = 2").into(), Context::genesis()).is_none());
        assert!(again.compile("x = 2", &script, Context::genesis()).is_ok());
        assert!(again.lock().changed);
    }

    #[test]
    fn a_damaged_pack_counts_as_empty_and_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let (cache, script) = open(directory.path());
        cache.compile("x = 1", &script, Context::genesis()).unwrap();
        cache.save();
        let whole = std::fs::read(pack(&cache)).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[..MAGIC.len() + 3], b"", b"limbeck code 0.0.0\n"] {
            std::fs::write(pack(&cache), damaged).unwrap();
            let (again, _) = open(directory.path());
            assert!(again.lock().by_path.is_empty());
            again.compile("x = 1", &script, Context::genesis()).unwrap();
            again.save();
            assert_eq!(std::fs::read(pack(&again)).unwrap(), whole);
        }
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        std::fs::write(pack(&cache), &flipped).unwrap();
        assert!(open(directory.path()).0.lock().by_path.is_empty());
    }

    #[test]
    fn a_cache_that_cannot_be_written_still_compiles() {
        let directory = tempfile::tempdir().unwrap();
        let blocked = directory.path().join("blocked");
        std::fs::write(&blocked, "a file where a directory should be").unwrap();
        let cache = CodeCache::open(Some(&blocked), directory.path());
        assert!(cache.compile("x = 1", "a.py", Context::genesis()).is_ok());
        cache.save();
        assert!(CodeCache::open(None, directory.path()).compile("y = 1", "a.py", Context::genesis()).is_ok());
    }

    #[test]
    fn entries_of_files_that_are_gone_leave_the_pack() {
        let directory = tempfile::tempdir().unwrap();
        let (cache, script) = open(directory.path());
        cache.compile("x = 1", &script, Context::genesis()).unwrap();
        cache.compile("x = 1", "/no/such/file.py", Context::genesis()).unwrap();
        cache.save();
        assert_eq!(open(directory.path()).0.lock().by_path.len(), 1);
    }

    #[test]
    fn a_syntax_error_is_reported_and_not_kept() {
        let cache = CodeCache::open(None, Path::new("."));
        assert!(cache.compile("def", "a.py", Context::genesis()).is_err());
        assert!(cache.lock().by_path.is_empty());
    }
}
