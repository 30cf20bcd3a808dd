//! Configuration: `alembic.ini`, `pyproject.toml`, and what the command line adds to them.
