//! `alembic ensure_version`

use std::sync::Arc;

use super::run::run_env;
use crate::config::Config;
use crate::error::Result;
use crate::host::ScriptHost;
use crate::runtime::ContextOptions;
use crate::script::ScriptDirectory;

/// Makes the version table where there is none; with `sql`, writes the statement instead.
///
/// # Errors
/// All that the database can say.
pub fn ensure_version(config: &Arc<Config>, host: &dyn ScriptHost, sql: bool) -> Result<()> {
    let script = Arc::new(ScriptDirectory::from_config_before_env(config, host)?);
    let options = ContextOptions {
        migrations_fn: Some(Arc::new(|_, context| {
            context.ensure_version_table(false)?;
            Ok(Vec::new())
        })),
        as_sql: sql,
        ..ContextOptions::default()
    };
    run_env(config, &script, host, options)
}
