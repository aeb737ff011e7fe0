"""Every way in which Django code can write a table, and which layer sees it.

The tests assert each row on each layer; the table in ``docs/paths.md`` is written from here.
The numbers are those of the groups in the docs.
"""

from dataclasses import dataclass

GROUPS = {
    1: "`save()`, `create()`, `get_or_create()`, `update_or_create()`, `save_base(raw=True)`",
    2: "`bulk_create()`, also ignoring or updating conflicts",
    3: "`bulk_update()`",
    4: "`QuerySet.update()`, also with expressions",
    5: "`delete()` of an instance or a queryset",
    6: "rows that Django deletes along",
    7: "references that Django sets to NULL or a default along",
    8: "fast deletes, `_raw_delete()`",
    9: "`DB_CASCADE`, `DB_SET_NULL` (Django 6.1): PostgreSQL does it",
    10: "many-to-many: `add`, `set`, `remove`, `clear`, `create`",
    11: "many-to-many from the other side",
    12: "many-to-many with a model in between",
    13: "the other side of a foreign key: `create`, `add`, `set`, `clear`, `remove`",
    14: "`set_<x>_order()`, `_order` on insert",
    15: "multi-table inheritance: child and parent",
    16: "proxy model; second model on the table",
    17: "generic relations and foreign keys",
    18: "content types and permissions made on the way",
    19: "sessions, `last_login`, the cache in the database",
    20: "admin: add, change, delete, actions, inlines",
    21: "model forms, formsets",
    22: "`loaddata`",
    23: "`raw()` with a writing statement",
    24: "`cursor.execute()`: text, bytes, composed",
    25: "`executemany()`",
    26: "several statements, `WITH`, `EXPLAIN ANALYZE`, `MERGE`, `TRUNCATE`, `CREATE TABLE AS`",
    27: "functions, procedures, `DO`, `callproc()`",
    28: "`cursor.copy()`, `cursor.stream()`",
    29: "psycopg's cursors: `cursor.cursor`, `connection.connection`, pipelines",
    30: "async methods of the above",
    31: "`async_to_sync` around a coroutine",
    32: "signal receivers, `on_commit`, querysets executed elsewhere",
    33: "threads",
    34: "migrations, `schema_editor`",
    35: "`flush`, `clearsessions`, `createcachetable`",
    36: "programs outside of Django",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One function of the project beside this file, and what is expected of it."""

    number: int
    place: str
    name: str
    table: str = ""
    """First table that is blamed; empty where nothing is wrong."""
    kind: str = "write"
    """write, remove, cascade, structure, unreadable, or quiet."""
    caller: str = ""
    actor: str = "shop"
    layers: frozenset[str] = frozenset({"statement", "cursor", "postgres"})
    since: tuple[int, int] = (5, 2)
    """Django's version."""
    untranslated: bool = False
    """Whether PostgreSQL's refusal arrives as its own error, not as ``WriteRefused``."""

    @property
    def blamed(self) -> str:
        return self.caller or f"{self.place}.{self.name}"


EARLY = frozenset({"router", "statement", "cursor", "postgres"})
TEXT = frozenset({"statement", "cursor"})
CURSOR = frozenset({"cursor", "postgres"})
DATABASE = frozenset({"postgres"})


def several(number, place, names, table, **options):
    return [
        Path(number=number, place=place, name=name, table=table, **options)
        for name in names.split()
    ]


def orm(number, names, table="ledger_entry", **options):
    return several(number, "shop.orm", names, table, **options)


def sql(number, names, table="ledger_entry", **options):
    return several(number, "shop.sql", names, table, **{"caller": "shop.sql.run"} | options)


def jobs(number, names, table="ledger_entry", **options):
    return several(number, "shop.jobs", names, table, **options)


def site(number, names, table="ledger_entry", **options):
    return several(number, "shop.site", names, table, **options)


def quiet(number, place, names):
    return several(number, place, names, "", kind="quiet", layers=frozenset())


PATHS = (
    *orm(1, "save_insert save_update save_base_raw"),
    *orm(1, "create", layers=EARLY),
    *orm(1, "get_or_create", "ledger_tag", layers=EARLY),
    *orm(1, "update_or_create", "ledger_tag"),
    *orm(2, "bulk_create", layers=EARLY),
    *orm(2, "bulk_create_ignoring_conflicts", "ledger_account", layers=EARLY),
    *orm(2, "bulk_create_updating_conflicts", "ledger_account", layers=EARLY),
    *orm(3, "bulk_update", layers=EARLY),
    *orm(4, "queryset_update update_with_expression", layers=EARLY),
    *orm(5, "delete_instance", kind="remove"),
    *orm(5, "delete_queryset", kind="remove", layers=EARLY),
    *orm(6, "cascade_in_python", "ledger_watch", kind="cascade"),
    *orm(7, "set_null_in_python set_default_in_python", "ledger_watch", kind="cascade"),
    *orm(8, "fast_delete", "ledger_membership", kind="remove", layers=EARLY),
    *orm(8, "raw_delete", kind="remove"),
    *orm(
        9,
        "cascade_in_database",
        "ledger_storedwatch",
        kind="cascade",
        layers=DATABASE,
        since=(6, 1),
    ),
    *orm(
        9,
        "set_null_in_database",
        "ledger_storedwatch",
        kind="cascade",
        layers=DATABASE,
        since=(6, 1),
    ),
    *orm(10, "m2m_add", "ledger_account_tags"),
    *orm(10, "m2m_set m2m_remove m2m_clear", "ledger_account_tags", kind="remove"),
    *orm(10, "m2m_create", "ledger_tag"),
    *orm(11, "m2m_add_reverse", "ledger_account_tags"),
    *orm(11, "m2m_clear_reverse", "ledger_account_tags", kind="remove"),
    *orm(12, "m2m_explicit_through", "ledger_membership"),
    *orm(13, "reverse_fk_create reverse_fk_add reverse_fk_set reverse_fk_clear reverse_fk_remove"),
    *orm(14, "set_order", "ledger_step", layers=EARLY),
    *orm(14, "order_on_insert", "ledger_step", layers=EARLY),
    *orm(15, "child_insert", "ledger_document", layers=EARLY),
    *orm(15, "child_update", "ledger_invoice", layers=EARLY),
    *orm(15, "child_delete", "ledger_invoice", kind="remove"),
    *orm(16, "through_proxy through_second_model", layers=EARLY),
    *orm(17, "generic_relation_create", "ledger_note"),
    *orm(17, "generic_foreign_key", "ledger_note", layers=EARLY),
    *orm(17, "generic_relation_cascade", "ledger_watch", kind="cascade"),
    *quiet(18, "shop.orm", "content_type_made_lazily"),
    *quiet(19, "shop.site", "sign_in session database_cache"),
    *site(20, "admin_add admin_change", caller="shop.admin.EntryAdmin"),
    *site(20, "admin_delete", kind="remove", caller="shop.admin.EntryAdmin"),
    *site(20, "admin_action", caller="shop.admin.zero", layers=EARLY),
    *site(20, "admin_inline", "ledger_account", caller="shop.admin.AccountAdmin"),
    *jobs(21, "model_form", caller="shop.jobs.EntryForm"),
    *jobs(21, "formset"),
    *quiet(22, "shop.site", "loaddata"),
    *orm(23, "raw_write"),
    *sql(24, "execute execute_bytes execute_composed in_failed_savepoint"),
    *sql(25, "executemany", caller=""),
    *sql(26, "several_statements writable_cte explain_analyze", kind="remove"),
    *sql(26, "merge"),
    *sql(26, "on_conflict", "ledger_account"),
    *sql(26, "truncate", "ledger_membership", kind="remove"),
    *sql(26, "truncate_cascade", "TRUNCATE shop_order CASCADE", kind="unreadable"),
    *sql(26, "create_table_as select_into", "ledger_copy", kind="structure", layers=TEXT),
    *sql(27, "select_function", layers=DATABASE),
    *sql(27, "callproc", layers=DATABASE, caller="shop.sql.callproc"),
    *sql(27, "call_procedure", "CALL ledger_touch_all()", kind="unreadable"),
    *sql(27, "do_block_composed", "DO $1", kind="unreadable"),
    *sql(27, "do_block"),
    *sql(28, "copy stream", caller="", layers=CURSOR),
    *sql(29, "inner_cursor driver_cursor driver_execute", kind="remove", caller="", layers=CURSOR),
    *sql(29, "pipeline", caller="", untranslated=True),
    *jobs(30, "acreate", caller="shop.jobs._acreate", layers=EARLY),
    *jobs(30, "abulk_create", caller="shop.jobs._abulk_create", layers=EARLY),
    *jobs(30, "aupdate", caller="shop.jobs._aupdate", layers=EARLY),
    *jobs(30, "asave", caller="shop.jobs._asave"),
    *jobs(30, "adelete", kind="remove", caller="shop.jobs._adelete"),
    *jobs(30, "aget_or_create", "ledger_tag", caller="shop.jobs._aget_or_create", layers=EARLY),
    *jobs(30, "aadd", "ledger_account_tags", caller="shop.jobs._aadd"),
    *jobs(30, "through_sync_to_async", caller="shop.jobs._create", layers=EARLY),
    *jobs(31, "async_to_sync_around", caller="shop.jobs._acreate", layers=EARLY),
    *orm(32, "signal_receiver", caller="shop.orm._book", layers=EARLY),
    *orm(32, "on_commit", caller="shop.orm.on_commit.<locals>.<lambda>", layers=EARLY),
    *orm(32, "lazy_queryset_elsewhere", kind="remove"),
    *jobs(33, "thread", caller="shop.jobs.thread.<locals>.work", layers=EARLY),
    *site(34, "migrate_python", actor="audit", caller="audit.migrations.0002_python.raise_amounts"),
    *site(34, "migrate_sql", actor="audit", caller="audit.0003_sql"),
    *sql(34, "schema_editor", kind="structure", caller="", layers=TEXT),
    *quiet(35, "shop.site", "flush clearsessions createcachetable"),
    *several(
        36,
        "outside",
        "another_program",
        "ledger_entry",
        layers=DATABASE,
        actor="unknown",
        untranslated=True,
    ),
    *quiet(
        0,
        "shop.quiet",
        "select_for_update nextval explain savepoint temporary_table listen_and_notify own_table "
        "through_the_interface copy_out server_side_cursor locked",
    ),
)
