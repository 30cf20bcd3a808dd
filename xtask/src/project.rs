//! Generates Alembic projects of any size for SQLite, for the benchmark and for fault tests.
//!
//! The revisions are a straight line and do what real ones do: tables with foreign keys and constraints, columns
//! with a server default followed by an UPDATE, indexes, association tables; each with its downgrade.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::at;
use crate::random::Random;

/// A generated project on disk.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its directory, which holds `alembic.ini`.
    pub root: PathBuf,
    /// Its revisions from the first to the head.
    pub revisions: Vec<Revision>,
}

/// One generated revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Twelve hexadecimal digits.
    pub id: String,
    /// Table that its upgrade creates.
    pub creates: Option<String>,
}

impl Project {
    /// Returns the project's database file, which `upgrade` creates.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("generated.db")
    }

    /// Returns the tables that exist once the revision `id` is applied, sorted; `None` for an unknown id.
    #[must_use]
    pub fn tables_at(&self, id: &str) -> Option<Vec<String>> {
        let place = self.revisions.iter().position(|revision| revision.id == id)?;
        let mut tables: Vec<String> =
            self.revisions[..=place].iter().filter_map(|revision| revision.creates.clone()).collect();
        tables.sort();
        Some(tables)
    }
}

const INI: &str = "\
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
path_separator = os
sqlalchemy.url = sqlite:///%(here)s/generated.db

[loggers]
keys = root,sqlalchemy,alembic

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_sqlalchemy]
level = WARNING
handlers =
qualname = sqlalchemy.engine

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
";

/// `-x per_migration=yes` asks for a transaction of its own for each revision.
const ENV: &str = "\
from logging.config import fileConfig

from sqlalchemy import engine_from_config
from sqlalchemy import pool

from alembic import context

config = context.config

if config.config_file_name is not None:
    fileConfig(config.config_file_name)

target_metadata = None
per_migration = \"per_migration\" in context.get_x_argument(as_dictionary=True)


def run_migrations_offline() -> None:
    url = config.get_main_option(\"sqlalchemy.url\")
    context.configure(
        url=url,
        target_metadata=target_metadata,
        literal_binds=True,
        dialect_opts={\"paramstyle\": \"named\"},
    )

    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    connectable = engine_from_config(
        config.get_section(config.config_ini_section, {}),
        prefix=\"sqlalchemy.\",
        poolclass=pool.NullPool,
    )

    with connectable.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            transaction_per_migration=per_migration,
        )

        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
";

/// Writes a project with `count` revisions into `root`; the same count gives the same files.
pub fn generate(root: &Path, count: usize) -> Result<Project, String> {
    let versions = root.join("migrations/versions");
    fs::create_dir_all(&versions).map_err(at(&versions))?;
    let write = |path: PathBuf, text: &str| fs::write(&path, text).map_err(at(&path));
    write(root.join("alembic.ini"), INI)?;
    write(root.join("migrations/env.py"), ENV)?;
    let mut random = Random::new(count as u64);
    let mut revisions: Vec<Revision> = Vec::with_capacity(count);
    for index in 0..count {
        let id = format!("{:012x}", random.next_u64() & 0xffff_ffff_ffff);
        let work = work_of(index);
        let text = revision_text(index, &id, revisions.last().map(|revision| revision.id.as_str()), &work);
        write(versions.join(format!("{id}_{}.py", work.slug)), &text)?;
        revisions.push(Revision { id, creates: work.creates });
    }
    Ok(Project { root: root.to_path_buf(), revisions })
}

struct Work {
    slug: String,
    upgrade: String,
    downgrade: String,
    creates: Option<String>,
}

/// Every fourth revision creates an item table, the next three widen, index and link it.
fn work_of(index: usize) -> Work {
    let group = index / 4;
    let table = format!("item_{group}");
    match index % 4 {
        0 => {
            let parent = group.checked_sub(1).map(|parent| format!("item_{parent}"));
            let mut upgrade = format!(
                "    op.create_table(\n        \"{table}\",\n        sa.Column(\"id\", sa.Integer(), nullable=False),\n        \
                 sa.Column(\"name\", sa.String(length=80), nullable=False),\n        \
                 sa.Column(\"amount\", sa.Numeric(precision=10, scale=2), nullable=True),\n        \
                 sa.Column(\"active\", sa.Boolean(), server_default=sa.true(), nullable=False),\n        \
                 sa.Column(\"created_at\", sa.DateTime(), server_default=sa.func.now(), nullable=False),\n"
            );
            if parent.is_some() {
                upgrade.push_str("        sa.Column(\"parent_id\", sa.Integer(), nullable=True),\n");
            }
            upgrade.push_str("        sa.CheckConstraint(\"amount >= 0\", name=\"amount_not_negative\"),\n");
            if let Some(parent) = parent {
                let _ = writeln!(
                    upgrade,
                    "        sa.ForeignKeyConstraint([\"parent_id\"], [\"{parent}.id\"], ondelete=\"CASCADE\"),"
                );
            }
            upgrade.push_str(
                "        sa.PrimaryKeyConstraint(\"id\"),\n        sa.UniqueConstraint(\"name\"),\n    )\n",
            );
            Work {
                slug: format!("create_{table}"),
                upgrade,
                downgrade: format!("    op.drop_table(\"{table}\")\n"),
                creates: Some(table),
            }
        }
        1 => Work {
            slug: format!("add_status_to_{table}"),
            upgrade: format!(
                "    op.add_column(\n        \"{table}\",\n        \
                 sa.Column(\"status\", sa.String(length=20), server_default=\"new\", nullable=False),\n    )\n    \
                 op.add_column(\"{table}\", sa.Column(\"note\", sa.Text(), nullable=True))\n    \
                 op.execute(\"UPDATE {table} SET status = 'old' WHERE amount IS NULL\")\n"
            ),
            downgrade: format!(
                "    op.drop_column(\"{table}\", \"note\")\n    op.drop_column(\"{table}\", \"status\")\n"
            ),
            creates: None,
        },
        2 => Work {
            slug: format!("index_{table}"),
            upgrade: format!(
                "    op.create_index(op.f(\"ix_{table}_status\"), \"{table}\", [\"status\"], unique=False)\n    \
                 op.create_index(\"ix_{table}_name_amount\", \"{table}\", [\"name\", \"amount\"])\n"
            ),
            downgrade: format!(
                "    op.drop_index(\"ix_{table}_name_amount\", table_name=\"{table}\")\n    \
                 op.drop_index(op.f(\"ix_{table}_status\"), table_name=\"{table}\")\n"
            ),
            creates: None,
        },
        _ => {
            let link = format!("link_{group}");
            Work {
                slug: format!("create_{link}"),
                upgrade: format!(
                    "    op.create_table(\n        \"{link}\",\n        \
                     sa.Column(\"left_id\", sa.Integer(), nullable=False),\n        \
                     sa.Column(\"right_id\", sa.Integer(), nullable=False),\n        \
                     sa.Column(\"position\", sa.SmallInteger(), server_default=\"0\", nullable=False),\n        \
                     sa.ForeignKeyConstraint([\"left_id\"], [\"{table}.id\"], name=\"fk_{link}_left\"),\n        \
                     sa.ForeignKeyConstraint([\"right_id\"], [\"{table}.id\"], name=\"fk_{link}_right\"),\n        \
                     sa.PrimaryKeyConstraint(\"left_id\", \"right_id\"),\n    )\n    \
                     op.create_index(op.f(\"ix_{link}_right_id\"), \"{link}\", [\"right_id\"], unique=False)\n"
                ),
                downgrade: format!(
                    "    op.drop_index(op.f(\"ix_{link}_right_id\"), table_name=\"{link}\")\n    \
                     op.drop_table(\"{link}\")\n"
                ),
                creates: Some(link),
            }
        }
    }
}

fn revision_text(index: usize, id: &str, down: Option<&str>, work: &Work) -> String {
    let down_literal = down.map_or_else(|| "None".to_owned(), |down| format!("'{down}'"));
    format!(
        "\"\"\"{title}\n\nRevision ID: {id}\nRevises: {revises}\nCreate Date: 2026-01-{day:02} {hour:02}:00:00.000000\n\n\"\"\"\n\
         from typing import Sequence, Union\n\nfrom alembic import op\nimport sqlalchemy as sa\n\n\n\
         revision: str = '{id}'\n\
         down_revision: Union[str, Sequence[str], None] = {down_literal}\n\
         branch_labels: Union[str, Sequence[str], None] = None\n\
         depends_on: Union[str, Sequence[str], None] = None\n\n\n\
         def upgrade() -> None:\n{upgrade}\n\n\
         def downgrade() -> None:\n{downgrade}",
        title = work.slug.replace('_', " "),
        revises = down.unwrap_or(""),
        day = index % 28 + 1,
        hour = index % 24,
        upgrade = work.upgrade,
        downgrade = work.downgrade,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_project_is_a_line_of_revisions_that_knows_its_tables() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let project = generate(directory.path(), 9).expect("it is written");
        assert_eq!(project.revisions.len(), 9);
        assert_eq!(
            project.tables_at(&project.revisions[4].id),
            Some(vec!["item_0".into(), "item_1".into(), "link_0".into()])
        );
        assert_eq!(project.tables_at("nothing"), None);
        let files = fs::read_dir(directory.path().join("migrations/versions")).expect("it is there").count();
        assert_eq!(files, 9);
    }
}
