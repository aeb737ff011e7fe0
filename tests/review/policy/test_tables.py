"""Tables that are created, moved on disk or stored in another way."""

from tests.review.policy.building import LARGE, SMALL, only, silent, sql


def test_foreign_key_of_a_new_table() -> None:
    assert only(
        "created-table-locks-parent",
        sql("CREATE TABLE lot (item bigint REFERENCES shop_item)"),
        sizes=LARGE,
    ) == (
        "operation 1 (RunSQL) creates lot with a foreign key to shop_item (about 2,000,000 "
        "rows): writes there wait from then on until the end of the migration (SHARE ROW "
        "EXCLUSIVE).",
        "Let the migration create lot and do nothing else after it.",
    )


def test_foreign_key_to_a_small_table() -> None:
    silent(
        "created-table-locks-parent",
        sql("CREATE TABLE lot (kind bigint REFERENCES shop_kind)"),
        sizes=LARGE,
    )


def test_if_not_exists() -> None:
    assert only("table-if-not-exists", sql("CREATE TABLE IF NOT EXISTS lot (id int)")) == (
        "operation 1 (RunSQL) creates lot IF NOT EXISTS: one of another shape is left as it "
        "is, and nobody is told.",
        "Leave out IF NOT EXISTS; a migration runs once, and in a transaction.",
    )


def test_created() -> None:
    silent("table-if-not-exists", sql("CREATE TABLE lot (id int)"))


def test_unlogged() -> None:
    assert only("table-unlogged", sql("ALTER TABLE shop_item SET UNLOGGED")) == (
        "operation 1 (RunSQL) makes shop_item UNLOGGED: a crash of PostgreSQL empties it, "
        "and no replica has it. It also rewrites the table under ACCESS EXCLUSIVE: nobody "
        "can read or write the table meanwhile.",
        "Create an unlogged table of its own for what may be lost.",
    )


def test_created_unlogged() -> None:
    silent("table-unlogged", sql("CREATE UNLOGGED TABLE lot (id int)"))


def test_logged() -> None:
    assert only("table-rewritten", sql("ALTER TABLE shop_item SET LOGGED"), sizes=LARGE) == (
        "operation 1 (RunSQL) writes shop_item (about 2,000,000 rows) anew for SET LOGGED, "
        "under ACCESS EXCLUSIVE: nobody can read or write the table meanwhile.",
        "A new table instead, over three releases:\n"
        "1. CREATE TABLE shop_item_new (LIKE shop_item INCLUDING ALL) …, and a trigger on "
        "shop_item that writes there too\n"
        "2. copy the old rows in batches, then let the code use shop_item_new\n"
        "3. drop shop_item",
    )


def test_tablespace() -> None:
    assert only("table-rewritten", sql("ALTER TABLE shop_item SET TABLESPACE fast")) == (
        "operation 1 (RunSQL) writes shop_item anew for SET TABLESPACE, under ACCESS "
        "EXCLUSIVE: nobody can read or write the table meanwhile.",
        "A new table instead, over three releases:\n"
        "1. CREATE TABLE shop_item_new (LIKE shop_item INCLUDING ALL) …, and a trigger on "
        "shop_item that writes there too\n"
        "2. copy the old rows in batches, then let the code use shop_item_new\n"
        "3. drop shop_item",
    )


def test_vacuum_full() -> None:
    assert only("table-rewritten", sql("VACUUM FULL shop_item"), atomic=False) == (
        "operation 1 (RunSQL) writes shop_item anew for VACUUM FULL, under ACCESS EXCLUSIVE: "
        "nobody can read or write the table meanwhile.",
        "Leave it out of the migration. Plain VACUUM needs no such lock; to give space back "
        "run pg_repack at a quiet hour:\n"
        "VACUUM shop_item",
    )


def test_vacuum() -> None:
    silent("table-rewritten", sql("VACUUM shop_item"), atomic=False)


def test_cluster_of_a_small_table() -> None:
    silent("table-rewritten", sql("CLUSTER shop_item USING shop_item_pkey"), sizes=SMALL)


def test_compression() -> None:
    assert only(
        "storage-of-new-rows", sql("ALTER TABLE shop_item ALTER note SET COMPRESSION lz4")
    ) == (
        "operation 1 (RunSQL) changes the compression of shop_item.note for rows that are "
        "written from now on.",
        "If old rows are meant as well, update them in batches.",
    )


def test_fillfactor() -> None:
    silent("storage-of-new-rows", sql("ALTER TABLE shop_item SET (fillfactor = 80)"))
