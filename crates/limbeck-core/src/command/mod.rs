//! The commands, a module each, with the names and parameters of the reference's `alembic.command`.

mod init;
mod list_templates;

pub use init::init;
pub use list_templates::list_templates;
