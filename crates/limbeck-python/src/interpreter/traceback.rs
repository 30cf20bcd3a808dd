//! Python exceptions as text, from the user's file on.

use std::fmt::Write as _;

use rustpython_vm::builtins::{PyBaseException, PyBaseExceptionRef, PyTraceback};
use rustpython_vm::{AsObject, Py, PyRef, VirtualMachine};

use super::deferred;

/// Renders an exception as Python does when nothing catches it: the chain of causes, each with its traceback
/// and the source lines. Frames of the import system are left out.
pub fn format_exception(exception: &Py<PyBaseException>, vm: &VirtualMachine) -> String {
    let mut text = String::new();
    write_chain(&mut text, exception, &mut Vec::new(), vm);
    text.truncate(text.trim_end_matches('\n').len());
    text
}

fn write_chain(
    text: &mut String,
    exception: &Py<PyBaseException>,
    seen: &mut Vec<usize>,
    vm: &VirtualMachine,
) {
    seen.push(exception.get_id());
    let cause = exception.__cause__();
    let (earlier, link) = if cause.is_some() {
        (cause, "\nThe above exception was the direct cause of the following exception:\n\n")
    } else if suppresses_context(exception, vm) {
        (None, "")
    } else {
        (exception.__context__(), "\nDuring handling of the above exception, another exception occurred:\n\n")
    };
    if let Some(earlier) = earlier.filter(|earlier| !seen.contains(&earlier.get_id())) {
        write_chain(text, &earlier, seen, vm);
        text.push_str(link);
    }
    write_one(text, exception, vm);
}

fn write_one(text: &mut String, exception: &Py<PyBaseException>, vm: &VirtualMachine) {
    let frames = frames(exception.__traceback__());
    if !frames.is_empty() {
        text.push_str("Traceback (most recent call last):\n");
    }
    for frame in &frames {
        let _ = writeln!(text, "  File \"{}\", line {}, in {}", frame.path, frame.line, frame.function);
        if let Some(line) = source_line(&frame.path, frame.line) {
            let _ = writeln!(text, "    {line}");
        }
    }
    if exception.class().fast_issubclass(vm.ctx.exceptions.syntax_error) {
        write_syntax_location(text, exception, vm);
    }
    text.push_str(&format_exception_only(exception, vm));
    text.push('\n');
}

/// Gives an exception's class and message, as tracebacks end.
pub fn format_exception_only(exception: &Py<PyBaseException>, vm: &VirtualMachine) -> String {
    let name = qualified_class_name(exception, vm);
    let message = exception_message(exception, vm);
    if message.is_empty() { name } else { format!("{name}: {message}") }
}

/// Gives `str(exception)`; for a syntax error only its message, since its place is shown apart.
fn exception_message(exception: &Py<PyBaseException>, vm: &VirtualMachine) -> String {
    let attribute =
        |name: &'static str| exception.as_object().get_attr(name, vm).ok().filter(|value| !vm.is_none(value));
    if exception.class().fast_issubclass(vm.ctx.exceptions.syntax_error)
        && let Some(message) = attribute("msg").and_then(|value| value.str(vm).ok())
    {
        return message.to_string();
    }
    exception
        .as_object()
        .str(vm)
        .map_or_else(|_| "<exception str() failed>".to_owned(), |text| text.to_string())
}

fn write_syntax_location(text: &mut String, exception: &Py<PyBaseException>, vm: &VirtualMachine) {
    let attribute = |name: &'static str| {
        let value = exception.as_object().get_attr(name, vm).ok().filter(|value| !vm.is_none(value))?;
        Some(value.str(vm).ok()?.to_string())
    };
    let (Some(path), Some(line)) = (attribute("filename"), attribute("lineno")) else { return };
    let _ = writeln!(text, "  File \"{path}\", line {line}");
    let Some(source) = line.parse().ok().and_then(|line| source_line(&path, line)) else { return };
    let _ = writeln!(text, "    {source}");
}

/// Gives the class name as tracebacks show it: with its module unless that is `builtins` or `__main__`.
fn qualified_class_name(exception: &Py<PyBaseException>, vm: &VirtualMachine) -> String {
    let class = exception.class();
    let name = class.name().to_string();
    match class
        .as_object()
        .get_attr("__module__", vm)
        .ok()
        .and_then(|module| Some(module.str(vm).ok()?.to_string()))
    {
        Some(module) if !matches!(module.as_str(), "builtins" | "__main__" | "exceptions") => {
            format!("{module}.{name}")
        }
        _ => name,
    }
}

/// One line of a traceback.
struct FrameLine {
    path: String,
    line: usize,
    function: String,
}

fn frames(mut traceback: Option<PyRef<PyTraceback>>) -> Vec<FrameLine> {
    let mut frames = Vec::new();
    while let Some(entry) = traceback {
        let code = &entry.frame.code;
        let path = code.source_path().as_str().to_owned();
        if !path.starts_with("<frozen importlib")
            && !path.starts_with("_frozen_importlib")
            && !path.starts_with("limbeck_types")
            && path != "importlib"
            && !deferred::stands_in(code)
        {
            frames.push(FrameLine {
                path,
                line: entry.lineno.get(),
                function: code.obj_name.as_str().to_owned(),
            });
        }
        let next = entry.next.lock().clone();
        traceback = next;
    }
    frames
}

fn source_line(path: &str, line: usize) -> Option<String> {
    let source = std::fs::read_to_string(path).ok()?;
    let text = source.lines().nth(line.checked_sub(1)?)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn suppresses_context(exception: &Py<PyBaseException>, vm: &VirtualMachine) -> bool {
    exception
        .as_object()
        .get_attr("__suppress_context__", vm)
        .and_then(|flag| flag.is_true(vm))
        .unwrap_or(false)
}

/// Gives the exception that is being handled, as `sys.exc_info()[1]`.
pub fn current_exception(vm: &VirtualMachine) -> Option<PyBaseExceptionRef> {
    let information =
        vm.sys_module.get_attr("exc_info", vm).and_then(|function| function.call((), vm)).ok()?;
    information.get_item(&1, vm).ok()?.downcast().ok()
}
