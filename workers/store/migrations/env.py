"""Run by Alembic: migrates the connection that ``workers.store.opening`` hands over, in its transaction."""

from alembic import context

from workers.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
