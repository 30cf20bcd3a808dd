//! Commands: one file for each, with the names and parameters of the reference's `alembic.command`.

mod current;
mod downgrade;
mod ensure_version;
mod run;
mod stamp;
mod upgrade;

pub use current::current;
pub use downgrade::downgrade;
pub use ensure_version::ensure_version;
pub use stamp::stamp;
pub use upgrade::upgrade;
