//! Compiled code, kept between runs.
//!
//! Compiling a script takes several times as long as running it, so the compiled form of every file that
//! a project's runs execute is kept in one pack per project under the user's cache directory. An entry is
//! used only when the SHA-256 of the source is the one it was compiled from; what is damaged, was written by
//! another version, or cannot be read counts as missing. A pack is written to a temporary file and renamed, so
//! that two processes at once leave one of the two whole packs, and a cache that cannot be written is no error:
//! the next run compiles again.
//!
//! A pack is [`MAGIC`], the SHA-256 of the index, the index as a block, and the code of all entries. A block is
//! its length (eight bytes, little end first) and its bytes. The index has, for each entry, its path as a block,
//! the SHA-256 of its source, that of its code, and the length of its code. Only what a run asks for is read.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bytes::{Buf as _, Bytes};
use rustpython_compiler::{CompileError, CompileOpts, Mode};
use rustpython_compiler_core::bytecode::{AsBag, CodeObject};
use rustpython_compiler_core::marshal;
use rustpython_vm::builtins::PyCode;
use rustpython_vm::{Context, PyRef};
use sha2::{Digest, Sha256};

use super::{annotations, deferred};

/// The first bytes of a pack: a name and the format of everything in it.
const MAGIC: &[u8] = concat!("limbeck code ", env!("CARGO_PKG_VERSION"), " rustpython 0.5.0 4\n").as_bytes();

/// A file's code, unless its text is no Python.
pub type Compiled = Result<PyRef<PyCode>, Box<CompileError>>;

/// The SHA-256 of a source text or of a pack's body.
type Fingerprint = [u8; 32];

/// The compiled code of one project's files.
#[derive(Debug)]
pub struct CodeCache {
    pack: Option<PathBuf>,
    entries: Mutex<Entries>,
    annotations: deferred::Annotations,
}

#[derive(Debug, Default)]
struct Entries {
    by_path: HashMap<String, Entry>,
    /// The pack that was there at the start; it stays readable when another process replaces it.
    file: Option<File>,
    changed: bool,
}

#[derive(Debug)]
struct Entry {
    source: Fingerprint,
    code: Code,
}

/// The compiled form of a file.
#[derive(Debug)]
enum Code {
    /// A part of the pack.
    Packed { start: u64, length: usize, digest: Fingerprint },
    /// What this run has compiled.
    New(Bytes),
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
        let entries = pack.as_deref().and_then(|pack| read_index(pack).ok()?).unwrap_or_default();
        Self { pack, entries: Mutex::new(entries), annotations: deferred::Annotations::default() }
    }

    /// Gives the compiled form of `source`, the text of the file at `path`, compiling it when it is not known.
    /// Its constants are objects of `context` from the start, so that nothing is copied before it runs.
    ///
    /// # Errors
    /// A syntax error in `source`.
    pub fn compile(&self, source: &str, path: &str, context: &Context) -> Compiled {
        self.compile_with(source, path, context, |source| {
            rustpython_compiler::compile(source, Mode::Exec, path, CompileOpts::default())
        })
    }

    /// As [`compile`](Self::compile), for the file of a revision: the bodies of `upgrade()` and `downgrade()` are
    /// loaded when they are called (see [`deferred`]), and so is what only annotations need (see [`annotations`]).
    ///
    /// # Errors
    /// A syntax error in `source`.
    pub fn compile_revision(&self, source: &str, path: &str, context: &Context) -> Compiled {
        self.compile_with(source, path, context, |source| {
            let changed = annotations::without_typing(source);
            let source = changed.as_deref().unwrap_or(source);
            let code = rustpython_compiler::compile(source, Mode::Exec, path, CompileOpts::default())?;
            Ok(deferred::defer_bodies(code))
        })
    }

    fn compile_with(
        &self,
        source: &str,
        path: &str,
        context: &Context,
        compile: impl FnOnce(&str) -> Result<CodeObject, CompileError>,
    ) -> Compiled {
        let fingerprint: Fingerprint = Sha256::digest(source.as_bytes()).into();
        if let Some(code) = self.lookup(path, &fingerprint, context) {
            return Ok(code);
        }
        let code = compile(source)?;
        let mut bytes = Vec::new();
        marshal::serialize_code(&mut bytes, &code);
        let bytes = Bytes::from(bytes);
        let entry = Entry { source: fingerprint, code: Code::New(bytes.clone()) };
        let mut entries = self.lock();
        entries.by_path.insert(path.to_owned(), entry);
        entries.changed = true;
        drop(entries);
        Ok(self.load(&bytes, context).unwrap_or_else(|| context.new_code(code)))
    }

    fn lookup(&self, path: &str, fingerprint: &Fingerprint, context: &Context) -> Option<PyRef<PyCode>> {
        let entries = self.lock();
        let entry = entries.by_path.get(path).filter(|entry| entry.source == *fingerprint)?;
        let code = entries.read(&entry.code)?;
        drop(entries);
        self.load(&code, context)
    }

    /// Makes compiled code an object; `None` when it is damaged.
    fn load(&self, mut code: &[u8], context: &Context) -> Option<PyRef<PyCode>> {
        let code = marshal::deserialize_code(&mut code, context.as_bag()).ok()?;
        Some(context.new_code(self.annotations.share(code)))
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
            // A cache that cannot be written only costs time, so the failure is not reported. What has been written need
            // not stay in memory.
            let written = entries.write_pack(pack).and_then(|()| read_index(pack));
            if let Ok(Some(written)) = written {
                *entries = written;
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Entries {
    /// Gives the bytes of an entry's code; `None` when they are damaged.
    fn read(&self, code: &Code) -> Option<Bytes> {
        match code {
            Code::New(bytes) => Some(bytes.clone()),
            Code::Packed { start, length, digest } => {
                let mut file = self.file.as_ref()?;
                let mut bytes = vec![0; *length];
                file.seek(SeekFrom::Start(*start)).and_then(|_| file.read_exact(&mut bytes)).ok()?;
                (Sha256::digest(&bytes)[..] == digest[..]).then(|| bytes.into())
            }
        }
    }

    /// Writes all entries as a new pack.
    fn write_pack(&self, path: &Path) -> io::Result<()> {
        let directory = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory)?;
        let entries = || {
            self.by_path
                .iter()
                .filter_map(|(path, entry)| Some((path, &entry.source, self.read(&entry.code)?)))
        };
        let mut index = Vec::new();
        for (path, source, code) in entries() {
            put_block(&mut index, path.as_bytes());
            index.extend_from_slice(source);
            index.extend_from_slice(&Sha256::digest(&code));
            index.extend_from_slice(&(code.len() as u64).to_le_bytes());
        }
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&Sha256::digest(&index));
        put_block(&mut head, &index);
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(&head)?;
        for (_, _, code) in entries() {
            file.write_all(&code)?;
        }
        file.persist(path)?;
        Ok(())
    }
}

/// Reads the index of a pack; `None` when it is damaged or of another version.
fn read_index(path: &Path) -> io::Result<Option<Entries>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut head = [0; MAGIC.len() + 32 + 8];
    file.read_exact(&mut head)?;
    let mut head = Bytes::copy_from_slice(&head);
    let magic = head.split_to(MAGIC.len());
    let digest = head.split_to(32);
    let length = head.get_u64_le();
    if magic != MAGIC || length > size {
        return Ok(None);
    }
    let mut index = Vec::new();
    (&file).take(length).read_to_end(&mut index)?;
    if Sha256::digest(&index)[..] != digest[..] {
        return Ok(None);
    }
    let mut start = file.stream_position()?;
    let mut index = Bytes::from(index);
    let mut by_path = HashMap::new();
    while !index.is_empty() {
        let Some((path, entry)) = take_entry(&mut index, &mut start) else { return Ok(None) };
        by_path.insert(path, entry);
    }
    // what is cut off at the end would be noticed only when it is read
    Ok((start == size).then_some(Entries { by_path, file: Some(file), changed: false }))
}

/// Takes an entry off the front of an index; `start` moves from where its code begins to where the next one's does.
fn take_entry(index: &mut Bytes, start: &mut u64) -> Option<(String, Entry)> {
    let path = String::from_utf8(take_block(index)?.into()).ok()?;
    let source = *index.split_first_chunk::<32>()?.0;
    index.advance(source.len());
    let digest = *index.split_first_chunk::<32>()?.0;
    index.advance(digest.len());
    let length = index.try_get_u64_le().ok()?;
    let code = Code::Packed { start: *start, length: usize::try_from(length).ok()?, digest };
    *start = start.checked_add(length)?;
    Some((path, Entry { source, code }))
}

/// Takes a length (eight bytes, little end first) and as many bytes off the front of `rest`.
fn take_block(rest: &mut Bytes) -> Option<Bytes> {
    let length = usize::try_from(rest.try_get_u64_le().ok()?).ok()?;
    (length <= rest.len()).then(|| rest.split_to(length))
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
        let source = Sha256::digest("x = 1").into();
        for place in [MAGIC.len(), MAGIC.len() + 33, MAGIC.len() + 45, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[place] ^= 1;
            std::fs::write(pack(&cache), &flipped).unwrap();
            let (again, _) = open(directory.path());
            assert!(again.lookup(&script, &source, Context::genesis()).is_none(), "byte {place}");
        }
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
