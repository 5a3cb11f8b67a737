"""Run by Alembic: hands it the connection that `upgrade.py` opened."""

from alembic import context

from tools.provenance.migrations.schema import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
