//! The inspector: reads schema objects from a live database.
