//! The commands, one file each, with the names and arguments of the reference's `alembic.command`.

mod current;
mod downgrade;
mod ensure_version;
mod init;
mod list_templates;
mod run;
mod stamp;
mod upgrade;

pub use current::current;
pub use downgrade::downgrade;
pub use ensure_version::ensure_version;
pub use init::init;
pub use list_templates::list_templates;
pub use stamp::stamp;
pub use upgrade::upgrade;
