"""Triggers that keep append-only tables append-only, on SQLite and on PostgreSQL.

On SQLite, `INSERT OR REPLACE` deletes a row without firing the delete trigger unless the connection
has `recursive_triggers` on, so a trigger before every insert refuses a row whose key exists, and
the hidden `rowid` is such a key.
On PostgreSQL, `TRUNCATE` passes by row triggers, so a statement trigger refuses it.
A superuser can still switch triggers off; the hash chain is what finds such an edit.
"""

from collections.abc import Iterator

_FUNCTION = """CREATE OR REPLACE FUNCTION mintmark_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"""


def guard_statements(dialect: str, tables: dict[str, list[tuple[str, ...]]]) -> Iterator[str]:
    """The statements that install the guards.

    Args:
        dialect: "sqlite" or "postgresql".
        tables: table name → its unique keys, each a tuple of column names.
    """
    if dialect == "postgresql":
        yield _FUNCTION
    for name, keys in tables.items():
        yield from (_sqlite if dialect == "sqlite" else _postgresql)(name, keys)


def _sqlite(table: str, keys: list[tuple[str, ...]]) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'table {table} is append-only'); END"
    for event in ("UPDATE", "DELETE"):
        yield f'CREATE TRIGGER "{table}_no_{event.lower()}" BEFORE {event} ON "{table}" {refuse}'
    same = " OR ".join(
        "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in key) + ")"
        for key in [*keys, ("rowid",)]
    )
    yield (
        f'CREATE TRIGGER "{table}_no_replace" BEFORE INSERT ON "{table}" '
        f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {same}) {refuse}'
    )


def _postgresql(table: str, keys: list[tuple[str, ...]]) -> Iterator[str]:
    for event, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"{table}_no_{'truncate' if each == 'STATEMENT' else 'change'}"
        yield (
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" '
            f"FOR EACH {each} EXECUTE FUNCTION mintmark_refuse()"
        )
