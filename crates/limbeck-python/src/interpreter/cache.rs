//! Compiled code, kept between runs.
//!
//! Compiling a script takes several times as long as running it, so the compiled form of every file that
//! a project's runs execute is kept in one pack per project under the user's cache directory. An entry is
//! used only when the SHA-256 of the source is the one it was compiled from; what is damaged, was written by
//! another version, or cannot be read counts as missing. A pack is written to a temporary file and renamed, so
//! that two processes at once leave one of the two whole packs, and a cache that cannot be written is no error:
//! the next run compiles again.
//!
//! A pack is [`MAGIC`], the code of all entries, the index, the SHA-256 of the index, and its length. A length is
//! eight bytes, little end first; a block is its length and its bytes. The index has, for each entry, its path as a
//! block, the SHA-256 of its source, that of its code, and the length of its code. Only what a run asks for is read,
//! and what it compiles goes to a file without a name at once, so that memory holds neither.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
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
const MAGIC: &[u8] = concat!("limbeck code ", env!("CARGO_PKG_VERSION"), " rustpython 0.5.0 6\n").as_bytes();

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
    pack: Option<File>,
    /// What this run has compiled, and how long it is.
    added: Option<(File, u64)>,
}

/// Where the compiled form of a file is.
#[derive(Debug)]
struct Entry {
    source: Fingerprint,
    is_new: bool,
    start: u64,
    length: usize,
    digest: Fingerprint,
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
        if let Some(pack) = &self.pack {
            let digest = Sha256::digest(&bytes).into();
            // A cache that cannot be written only costs time, so the failure is not reported, here and in `save`.
            let _ = self.lock().add(path, fingerprint, digest, &bytes, directory_of(pack));
        }
        Ok(self.load(&bytes, context).unwrap_or_else(|| context.new_code(code)))
    }

    fn lookup(&self, path: &str, fingerprint: &Fingerprint, context: &Context) -> Option<PyRef<PyCode>> {
        let entries = self.lock();
        let entry = entries.by_path.get(path).filter(|entry| entry.source == *fingerprint)?;
        let code = entries.read(entry)?;
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
        if let (Some(pack), Some(_)) = (&self.pack, &entries.added)
            && let Ok(Some(written)) = entries.write_pack(pack).and_then(|()| read_index(pack))
        {
            *entries = written;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Entries {
    /// Keeps the code of a file that this run has compiled, in a file without a name in `directory`.
    fn add(
        &mut self,
        path: &str,
        source: Fingerprint,
        digest: Fingerprint,
        code: &[u8],
        directory: &Path,
    ) -> io::Result<()> {
        let (file, end) = match &mut self.added {
            Some(added) => added,
            added => {
                std::fs::create_dir_all(directory)?;
                added.insert((tempfile::tempfile_in(directory)?, 0))
            }
        };
        file.seek(SeekFrom::Start(*end))?;
        file.write_all(code)?;
        let entry = Entry { source, is_new: true, start: *end, length: code.len(), digest };
        *end += code.len() as u64;
        self.by_path.insert(path.to_owned(), entry);
        Ok(())
    }

    /// Gives the bytes of an entry's code; `None` when they are damaged.
    fn read(&self, entry: &Entry) -> Option<Vec<u8>> {
        let mut file = if entry.is_new { &self.added.as_ref()?.0 } else { self.pack.as_ref()? };
        let mut code = vec![0; entry.length];
        file.seek(SeekFrom::Start(entry.start)).and_then(|_| file.read_exact(&mut code)).ok()?;
        (Sha256::digest(&code)[..] == entry.digest[..]).then_some(code)
    }

    /// Writes the entries of the files that are still there as a new pack.
    fn write_pack(&self, path: &Path) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(directory_of(path))?;
        let mut writer = BufWriter::new(&mut file);
        writer.write_all(MAGIC)?;
        let mut index = Vec::new();
        for (path, entry) in self.by_path.iter().filter(|(path, _)| Path::new(path).exists()) {
            let Some(code) = self.read(entry) else { continue };
            writer.write_all(&code)?;
            index.extend_from_slice(&(path.len() as u64).to_le_bytes());
            index.extend_from_slice(path.as_bytes());
            index.extend_from_slice(&entry.source);
            index.extend_from_slice(&entry.digest);
            index.extend_from_slice(&(entry.length as u64).to_le_bytes());
        }
        writer.write_all(&index)?;
        writer.write_all(&Sha256::digest(&index))?;
        writer.write_all(&(index.len() as u64).to_le_bytes())?;
        writer.flush()?;
        drop(writer);
        file.persist(path)?;
        Ok(())
    }
}

/// The directory that a pack lies in.
fn directory_of(pack: &Path) -> &Path {
    pack.parent().unwrap_or(Path::new("."))
}

/// The length of what ends a pack: the SHA-256 of its index and the index's length.
const TRAILER: usize = 32 + 8;

/// Reads the index of a pack; `None` when it is damaged or of another version.
fn read_index(path: &Path) -> io::Result<Option<Entries>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut magic = [0; MAGIC.len()];
    file.read_exact(&mut magic)?;
    let mut start = MAGIC.len() as u64;
    if magic != MAGIC || size < start + TRAILER as u64 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(size - TRAILER as u64))?;
    let mut trailer = [0; TRAILER];
    file.read_exact(&mut trailer)?;
    let mut trailer = Bytes::copy_from_slice(&trailer);
    let digest = trailer.split_to(32);
    let length = trailer.get_u64_le();
    let Some(end) = (size - TRAILER as u64).checked_sub(length) else { return Ok(None) };
    file.seek(SeekFrom::Start(end))?;
    let mut index = Vec::new();
    (&file).take(length).read_to_end(&mut index)?;
    if Sha256::digest(&index)[..] != digest[..] {
        return Ok(None);
    }
    let mut index = Bytes::from(index);
    let mut by_path = HashMap::new();
    while !index.is_empty() {
        let Some((path, entry)) = take_entry(&mut index, &mut start) else { return Ok(None) };
        by_path.insert(path, entry);
    }
    Ok((start == end).then_some(Entries { by_path, pack: Some(file), added: None }))
}

/// Takes an entry off the front of an index; `start` moves from where its code begins to where the next one's does.
fn take_entry(index: &mut Bytes, start: &mut u64) -> Option<(String, Entry)> {
    let path = String::from_utf8(take_block(index)?.into()).ok()?;
    let source = *index.split_first_chunk::<32>()?.0;
    index.advance(source.len());
    let digest = *index.split_first_chunk::<32>()?.0;
    index.advance(digest.len());
    let length = index.try_get_u64_le().ok()?;
    let entry = Entry { source, is_new: false, start: *start, length: usize::try_from(length).ok()?, digest };
    *start = start.checked_add(length)?;
    Some((path, entry))
}

/// Takes a length (eight bytes, little end first) and as many bytes off the front of `rest`.
fn take_block(rest: &mut Bytes) -> Option<Bytes> {
    let length = usize::try_from(rest.try_get_u64_le().ok()?).ok()?;
    (length <= rest.len()).then(|| rest.split_to(length))
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
        assert!(again.lock().added.is_some());
    }

    #[test]
    fn a_damaged_pack_counts_as_empty_and_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let (cache, script) = open(directory.path());
        cache.compile("x = 1", &script, Context::genesis()).unwrap();
        cache.save();
        let whole = std::fs::read(pack(&cache)).unwrap();
        let cut = (0..whole.len()).step_by(7).map(|end| &whole[..end]);
        for damaged in cut.chain([&whole[..whole.len() - 1], &whole[1..], b"limbeck code 0.0.0\n"]) {
            std::fs::write(pack(&cache), damaged).unwrap();
            let (again, _) = open(directory.path());
            assert!(again.lock().by_path.is_empty());
            again.compile("x = 1", &script, Context::genesis()).unwrap();
            again.save();
            assert_eq!(std::fs::read(pack(&again)).unwrap(), whole);
        }
        let source = Sha256::digest("x = 1").into();
        for place in 0..whole.len() {
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
