//! Runs Python and compares what it prints with what the reference printed for the same source.
//!
//! `cases/*.py` run as they are under SQLAlchemy too; `cases/*.out` is what it printed.

use std::sync::{Arc, Mutex, PoisonError};

use limbeck_sql::dialect::{CompileOptions, DdlElement, by_name};
use rustpython_vm::compiler::Mode;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::scope::Scope;
use rustpython_vm::{AsObject, VirtualMachine};

use super::object;
use crate::interpreter;

/// The runtime's classes belong to the process: interpreters of several threads at once would share and change them.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs a source and gives what it printed, or the traceback; `look` sees its variables afterwards.
fn run(source: &str, look: impl FnOnce(&Scope, &VirtualMachine)) -> String {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let printed = Arc::new(Mutex::new(String::new()));
    interpreter::enter(&interpreter::start(super::register), |vm| {
        let scope = vm.new_scope_with_main().expect("__main__ can be made");
        let lines = Arc::clone(&printed);
        let print = vm.new_function("print", move |args: FuncArgs, vm: &VirtualMachine| {
            let words: rustpython_vm::PyResult<Vec<String>> =
                args.args.iter().map(|word| object::text(word, vm)).collect();
            let mut lines = lines.lock().expect("no test panics while printing");
            lines.push_str(&words?.join(" "));
            lines.push('\n');
            rustpython_vm::PyResult::Ok(())
        });
        scope.globals.set_item("print", print.into(), vm).expect("globals take names");
        let code = vm
            .compile(source, Mode::Exec, "case.py".to_owned())
            .unwrap_or_else(|error| panic!("the case does not compile: {error}"));
        match vm.run_code_obj(code, scope.clone()) {
            Ok(_) => look(&scope, vm),
            Err(raised) => {
                let mut text = String::new();
                vm.write_exception(&mut text, &raised).expect("a string can be written to");
                printed.lock().expect("no test panics while printing").push_str(&text);
            }
        }
    });
    printed.lock().expect("no test panics while printing").clone()
}

fn prints(source: &str, recorded: &str) {
    let printed = run(source, |_, _| {});
    for (line, (ours, theirs)) in printed.lines().zip(recorded.lines()).enumerate() {
        assert_eq!(ours, theirs, "line {} differs", line + 1);
    }
    assert_eq!(printed, recorded);
}

#[test]
fn types_and_schema_objects_show_themselves_and_fail_as_the_reference() {
    prints(include_str!("cases/types_and_schema.py"), include_str!("cases/types_and_schema.out"));
}

#[test]
fn expressions_and_statements_compile_to_the_reference_sql() {
    prints(include_str!("cases/statements.py"), include_str!("cases/statements.out"));
}

#[test]
fn connections_results_and_the_inspector_answer_as_the_reference() {
    prints(include_str!("cases/connections.py"), include_str!("cases/connections.out"));
}

#[test]
fn declarative_models_with_string_annotations_make_the_reference_tables() {
    prints(include_str!("cases/declarative.py"), include_str!("cases/declarative.out"));
}

#[test]
fn a_lowered_table_becomes_the_reference_create_table() {
    run(include_str!("cases/lowered_table.py"), |scope, vm| {
        let given = scope.globals.get_item("t", vm).expect("the case makes t");
        let metadata = scope.globals.get_item("m", vm).expect("the case makes m");
        let metadata = crate::lower::metadata(&metadata, vm).expect("the MetaData is lowered");
        assert_eq!(metadata.tables.len(), 3);
        let table = crate::lower::table(&given, vm).expect("the table is lowered");
        let options =
            CompileOptions { naming_convention: metadata.naming_convention, ..CompileOptions::literal() };
        let element = DdlElement::CreateTable { table: Box::new(table), if_not_exists: false };
        let dialect = by_name("sqlite", None).expect("SQLite is there");
        let sql = dialect.compile_ddl(&element, &options).expect("the table compiles");
        assert_eq!(sql.trim(), include_str!("cases/lowered_table.out").trim());
    });
}

#[test]
fn the_async_engine_completes_its_coroutines_at_once() {
    let source = "
from sqlalchemy import pool, text
from sqlalchemy.ext.asyncio import async_engine_from_config
async def main():
    engine = async_engine_from_config({'sqlalchemy.url': 'sqlite+aiosqlite://'}, prefix='sqlalchemy.', poolclass=pool.NullPool)
    async with engine.connect() as connection:
        print(await connection.run_sync(lambda sync: sync.execute(text('select 1')).scalar()))
    async with engine.begin() as connection:
        print((await connection.execute(text('select 2'))).scalar())
    await engine.dispose()
try:
    main().send(None)
except StopIteration:
    print('done')
";
    assert_eq!(run(source, |_, _| {}), "1\n2\ndone\n");
}

#[test]
fn metadata_creates_and_drops_its_tables() {
    let source = "
import sqlalchemy as sa
metadata = sa.MetaData()
parent = sa.Table('parent', metadata, sa.Column('id', sa.Integer, primary_key=True))
child = sa.Table('child', metadata, sa.Column('id', sa.Integer, primary_key=True),
                 sa.Column('parent_id', sa.ForeignKey('parent.id'), index=True))
engine = sa.create_engine('sqlite://')
metadata.create_all(engine)
print(sorted(sa.inspect(engine).get_table_names()), [i['name'] for i in sa.inspect(engine).get_indexes('child')])
with engine.begin() as connection:
    connection.execute(sa.schema.DropTable(child))
print(str(sa.schema.DropTable(parent)).strip())
metadata.create_all(engine)
metadata.drop_all(engine)
print(sa.inspect(engine).get_table_names())
";
    assert_eq!(run(source, |_, _| {}), "['child', 'parent'] ['ix_child_parent_id']\nDROP TABLE parent\n[]\n");
}

#[test]
fn what_is_absent_names_itself() {
    let source = "
import sqlalchemy as sa
from sqlalchemy.orm import Session
for attempt in (lambda: Session().query(1), lambda: sa.no_such_thing):
    try:
        attempt()
    except (NotImplementedError, AttributeError) as error:
        print(error)
try:
    from sqlalchemy.dialects.oracle import NO_SUCH_TYPE
except ImportError as error:
    print(error)
";
    let expected = "Limbeck does not provide Session.query() yet\n\
                    module 'sqlalchemy' has no attribute 'no_such_thing' (Limbeck does not provide it)\n\
                    sqlalchemy.dialects.oracle.NO_SUCH_TYPE: Limbeck does not provide it yet\n";
    assert_eq!(run(source, |_, _| {}), expected);
}

#[test]
fn plain_values_survive_the_way_down_and_up() {
    let source = "
import datetime, decimal, uuid
zone = datetime.timezone(datetime.timedelta(hours=2))
values = [None, True, 3, 10**30, 1.5, 'x', b'y', decimal.Decimal('1.50'), datetime.date(2020, 1, 2),
          datetime.time(1, 2, 3, 4), datetime.datetime(2020, 1, 2, 3, 4, 5, 6),
          datetime.datetime(2020, 1, 2, tzinfo=zone), datetime.timedelta(days=-1, seconds=5, microseconds=7),
          uuid.UUID(int=5), [1, 'a']]
";
    run(source, |scope, vm| {
        let values = scope.globals.get_item("values", vm).expect("the case makes values");
        for value in object::items(&values, vm).expect("a list") {
            let lowered = crate::lower::value(&value, vm).expect("the value is lowered");
            let raised = crate::raise::value(&lowered, vm).expect("the value is raised");
            let shown = object::repr(value.as_object(), vm).expect("repr");
            assert_eq!(object::repr(&raised, vm).expect("repr"), shown);
        }
    });
}
