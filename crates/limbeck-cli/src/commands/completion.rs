//! `alembic completion`

use limbeck_core::config::Config;
use limbeck_core::{Error, Result};

use crate::arguments::Completion;
use crate::completion;

/// Prints the script that teaches a shell to complete.
pub fn run(config: &Config, arguments: &Completion) -> Result<()> {
    let Some(script) = completion::script(&arguments.shell) else {
        let shells: Vec<&str> = completion::SCRIPTS.iter().map(|(shell, _)| *shell).collect();
        return Err(Error::command(format!("No completion for shell '{}'", arguments.shell))
            .with_hint(format!("the shells are {}", shells.join(", "))));
    };
    config.print_stdout(script.trim_end_matches('\n'));
    Ok(())
}
