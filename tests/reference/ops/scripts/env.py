"""Runs the revisions offline, with what the case put into the configuration's attributes."""

from alembic import context

context.configure(
    dialect_name=context.config.attributes["dialect"], literal_binds=True, **context.config.attributes["options"]
)
with context.begin_transaction():
    context.run_migrations()
