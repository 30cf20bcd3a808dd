//! The frozen standard library, found without reading it.
//!
//! The library is one block of seven megabytes in which each module's name stands before its code, so that walking it
//! at the start would bring all of it into memory. The index is made when the program is compiled.

use rustpython_vm::frozen::{FrozenCodeObject, FrozenModule};

/// How many bytes a length takes.
const LENGTH: usize = 4;

const BLOCK: &[u8] = &rustpython_pylib::FROZEN_STDLIB.bytes;
const COUNT: usize = number(0);
const NAMES_LENGTH: usize = index().1;
static INDEX: [Place; COUNT] = index().0;
static NAMES: [u8; NAMES_LENGTH] = names();

/// Where a module is.
#[derive(Clone, Copy)]
struct Place {
    /// Where its name begins in [`NAMES`]; it ends where the next one's begins.
    name: usize,
    /// Where its code begins in [`BLOCK`].
    code: usize,
    length: usize,
    package: bool,
}

/// Gives the library's modules with their full names.
pub fn modules() -> impl Iterator<Item = (&'static str, FrozenModule)> {
    let ends = INDEX.iter().skip(1).map(|next| next.name).chain([NAMES_LENGTH]);
    INDEX.iter().zip(ends).filter_map(|(place, end)| {
        let name = str::from_utf8(&NAMES[place.name..end]).ok()?;
        let code = FrozenCodeObject { bytes: &BLOCK[place.code..place.code + place.length] };
        Some((name, FrozenModule { code, package: place.package }))
    })
}

/// Reads a length, four bytes with the little end first.
const fn number(at: usize) -> usize {
    u32::from_le_bytes([BLOCK[at], BLOCK[at + 1], BLOCK[at + 2], BLOCK[at + 3]]) as usize
}

/// Gives the places of all modules, and how long their names are together.
#[expect(clippy::large_stack_arrays, reason = "only the compiler runs it")]
const fn index() -> ([Place; COUNT], usize) {
    let mut places = [Place { name: 0, code: 0, length: 0, package: false }; COUNT];
    let (mut at, mut name, mut module) = (LENGTH, 0, 0);
    while module < COUNT {
        let code = at + LENGTH + number(at);
        let length = number(code);
        let end = code + LENGTH + length;
        places[module] = Place { name, code: code + LENGTH, length, package: BLOCK[end] != 0 };
        name += number(at);
        at = end + 1;
        module += 1;
    }
    (places, name)
}

/// Gives all names, one after another.
const fn names() -> [u8; NAMES_LENGTH] {
    let mut names = [0; NAMES_LENGTH];
    let mut module = 0;
    while module < COUNT {
        let Place { name, code, .. } = INDEX[module];
        let end = if module + 1 < COUNT { INDEX[module + 1].name } else { NAMES_LENGTH };
        // before the code stands its length, and before that the name
        let begin = code - LENGTH - (end - name);
        let mut at = name;
        while at < end {
            names[at] = BLOCK[begin + at - name];
            at += 1;
        }
        module += 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::modules;

    #[test]
    fn the_index_is_what_walking_the_library_gives() {
        let walked = rustpython_pylib::FROZEN_STDLIB.decode();
        assert_eq!(walked.len(), modules().count());
        for ((name, module), (walked_name, walked_module)) in modules().zip(walked) {
            assert_eq!(name, walked_name);
            assert_eq!(
                (module.code.bytes, module.package),
                (walked_module.code.bytes, walked_module.package),
                "{name}"
            );
        }
    }
}
