"""Alembic migrations of the one schema, the same on SQLite and PostgreSQL."""
