//! `KILL QUERY` on a connection of its own, which stops what another one executes.

use std::sync::Arc;

use super::arguments::ConnectArguments;
use super::connect;
use crate::engine::Canceller;

/// Gives what stops the connection of that number, which was opened with these arguments.
pub(super) fn canceller(connection_id: u32, arguments: &ConnectArguments) -> Canceller {
    let arguments = arguments.clone();
    Arc::new(move || {
        // Where the server cannot be reached there is nothing else to try.
        if let Ok((mut wire, _)) = connect(&arguments) {
            let _ = wire.query(format!("KILL QUERY {connection_id}").as_bytes());
            wire.quit();
        }
    })
}
