//! Runs every recorded case of `tests/reference/cases` with this binary and compares with what the reference did.
//!
//! A case is a session of commands (`xtask::session`), its record, and where Limbeck differs on purpose a file
//! `known-differences` with the reason. `cargo xtask reference` records; these tests need no Python.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::fs;

use xtask::run::{Program, check_case};

fn check(name: &str) {
    let case = xtask::cases_directory().join(name);
    let program = Program::new(env!("CARGO_BIN_EXE_alembic"));
    if let Err(difference) = check_case(&case, &program) {
        panic!("{difference}");
    }
}

/// One test for each case, and the list of them all.
macro_rules! cases {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        const CASES: &[&str] = &[$(stringify!($name)),*];
    };
}

cases! {
    api_branch_labels
    api_check
    api_command_line
    api_commands
    api_configuration
    api_environment_context
    api_failures
    api_many_runs
    api_migration_context
    api_script_directory
    api_templates
    api_tests_of_migrations
    autogenerate_additions
    autogenerate_changes
    autogenerate_core
    autogenerate_on_mariadb
    autogenerate_removals
    bad_urls
    billing_offline_mariadb
    billing_offline_mssql
    billing_offline_mysql
    billing_offline_oracle
    billing_offline_postgresql
    billing_offline_sqlite
    billing_on_mariadb
    billing_on_postgresql
    billing_up_and_down
    branch_labels
    config_in_env
    config_paths
    config_toml
    database_ahead_of_the_scripts
    database_at_unknown_revision
    depends_on
    edit_and_editors
    env_async
    env_asyncio
    env_configure
    env_dbapi
    env_dotenv
    env_engine_arguments
    env_engine_events
    env_engine_replacements
    env_functions
    env_many_databases
    env_models
    env_on_mariadb
    env_on_postgresql
    env_pydantic_settings
    env_raises
    env_sequences
    env_sqlalchemy_utils
    env_threads
    env_two_phase_on_mariadb
    env_two_phase_on_postgresql
    failure_in_the_middle
    failure_per_migration
    failures_of_configuration
    failures_of_databases
    failures_of_graphs
    failures_of_scripts
    failures_of_symbols
    failures_of_usage
    file_names
    file_template_tokens
    functions_of_scripts
    generated_ids
    global_options
    graph_criss_cross
    graph_cycles
    graph_diamond_from_partial_states
    graph_downgrade_ranges_as_sql
    graph_duplicates
    graph_head_and_heads
    graph_ids_given_twice
    graph_implied_rows
    graph_label_base_downgrades
    graph_label_inheritance
    graph_merge_of_three
    graph_missing_parent
    graph_one_branch_alone
    graph_partial_ids
    graph_relative_walks
    graph_revisions_that_are_gone
    graph_rows_come_and_go
    graph_splices
    graph_stamps_across_branches
    graph_three_bases_merged
    headers
    history_ranges
    imports
    ini_interpolation
    ini_sections
    init_refusals
    init_variants
    inspection_on_postgresql
    json_on_postgresql
    logging
    mako_defs
    mako_in_the_wild
    mako_templates
    merges
    missing_directories
    missing_ini
    missing_script_location
    offline_ranges
    ops_bulk_insert
    ops_column_types
    ops_columns
    ops_comments
    ops_create_table
    ops_execute
    ops_indexes
    ops_refusals
    ops_server_defaults
    parameters_of_statements
    pyproject
    revision_and_merge_refusals
    revision_options
    script_raises_when_read
    script_syntax_error
    script_without_revision
    shop_data_migrations
    shop_offline
    shop_offline_mariadb
    shop_offline_mssql
    shop_offline_mysql
    shop_offline_oracle
    shop_offline_postgresql
    shop_on_mariadb
    shop_on_postgresql
    shop_up_and_down
    showing
    sqlite_urls
    stamping
    templates_async
    templates_generic
    templates_multidb
    templates_pyproject
    transactions
    tutorial
    tutorial_merge
    two_heads
    unknown_symbols
    upgrade_raises
    usage_errors
    version_locations
    version_tables
    warnings
    write_hooks
    write_hooks_in_env
    write_hooks_in_toml
}

#[test]
fn every_case_on_disk_has_its_test_and_a_record() {
    let directory = xtask::cases_directory();
    let found: BTreeSet<String> = fs::read_dir(&directory)
        .expect("the cases are there")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    let listed: BTreeSet<String> = CASES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(listed, found);
    for name in &found {
        assert!(directory.join(name).join("record.txt").is_file(), "{name} was never recorded");
    }
}
