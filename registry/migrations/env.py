"""Runs migrations on the connection that `registry.schema` hands over.

In: a connection inside a transaction, as the setting `connection`. Out: changed tables; the
transaction is left to its owner.
Does not know: URLs, and how to write SQL without a database.
"""

from __future__ import annotations

from alembic import context

from registry.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
