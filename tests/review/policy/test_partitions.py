"""Partitions and inherited tables."""

from tests.review.policy.building import only, silent, sql

LOG = [
    sql("CREATE TABLE log (id int, k int) PARTITION BY RANGE (k)"),
    sql("CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (10)"),
    sql("CREATE TABLE log_2 (id int, k int)"),
]
DEFAULT = [*LOG, sql("CREATE TABLE log_rest PARTITION OF log DEFAULT")]
CHECKED = [*LOG, sql("ALTER TABLE log_2 ADD CHECK (k IS NOT NULL AND k >= 10 AND k < 20)")]
ATTACH = sql("ALTER TABLE log ATTACH PARTITION log_2 FOR VALUES FROM (10) TO (20)")


def test_attached() -> None:
    assert only("partition-attach-scan", ATTACH, start=LOG) == (
        "operation 1 (RunSQL) reads all rows of log_2 under ACCESS EXCLUSIVE to attach log_2 "
        "to log: nobody can read or write them meanwhile.",
        "Tell PostgreSQL first, in migrations of their own, that all rows fit (and of the "
        "DEFAULT partition, that none does):\n"
        "1. ALTER TABLE log_2 ADD CONSTRAINT log_2_bounds CHECK (the bounds, and IS NOT "
        "NULL) NOT VALID\n"
        "2. ALTER TABLE log_2 VALIDATE CONSTRAINT log_2_bounds\n"
        "3. ALTER TABLE log ATTACH PARTITION log_2 …",
    )


def test_attached_beside_a_default() -> None:
    assert only("partition-attach-scan", ATTACH, start=DEFAULT) == (
        "operation 1 (RunSQL) reads all rows of log_2 and of log_rest under ACCESS EXCLUSIVE "
        "to attach log_2 to log: nobody can read or write them meanwhile.",
        "Tell PostgreSQL first, in migrations of their own, that all rows fit (and of the "
        "DEFAULT partition, that none does):\n"
        "1. ALTER TABLE log_2 ADD CONSTRAINT log_2_bounds CHECK (the bounds, and IS NOT "
        "NULL) NOT VALID\n"
        "2. ALTER TABLE log_2 VALIDATE CONSTRAINT log_2_bounds\n"
        "3. ALTER TABLE log ATTACH PARTITION log_2 …",
    )


def test_attached_with_a_check() -> None:
    silent("partition-attach-scan", ATTACH, start=CHECKED)


def test_detached() -> None:
    assert only(
        "partition-detach-blocks", sql("ALTER TABLE log DETACH PARTITION log_1"), start=LOG
    ) == (
        "operation 1 (RunSQL) detaches log_1 from log under ACCESS EXCLUSIVE on both: each "
        "statement on log waits from then on until the end of the migration.",
        "In a migration with atomic = False:\nALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY",
    )


def test_detached_concurrently() -> None:
    silent(
        "partition-detach-blocks",
        sql("ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY"),
        start=LOG,
        atomic=False,
    )


def test_created() -> None:
    assert only(
        "partition-created-in-place",
        sql("CREATE TABLE log_3 PARTITION OF log FOR VALUES FROM (20) TO (30)"),
        start=LOG,
    ) == (
        "operation 1 (RunSQL) creates log_3 as a partition of log under ACCESS EXCLUSIVE on "
        "log: each statement on it waits until the end of the migration.",
        "Create it beside and attach it, which needs SHARE UPDATE EXCLUSIVE only:\n"
        "CREATE TABLE log_3 (LIKE log INCLUDING ALL);\n"
        "ALTER TABLE log ATTACH PARTITION log_3 …",
    )


def test_created_beside_a_default() -> None:
    assert only(
        "partition-attach-scan",
        sql("CREATE TABLE log_3 PARTITION OF log FOR VALUES FROM (20) TO (30)"),
        start=DEFAULT,
    ) == (
        "operation 1 (RunSQL) reads all rows of log_rest under ACCESS EXCLUSIVE on it and on "
        "log to create log_3: nobody can use log meanwhile.",
        "Tell PostgreSQL first that no row of log_rest belongs to log_3, then create it "
        "beside and attach it:\n"
        "1. ALTER TABLE log_rest ADD CONSTRAINT log_rest_bounds CHECK (…) NOT VALID\n"
        "2. ALTER TABLE log_rest VALIDATE CONSTRAINT log_rest_bounds\n"
        "3. CREATE TABLE log_3 (LIKE log INCLUDING ALL)\n"
        "4. ALTER TABLE log ATTACH PARTITION log_3 …",
    )


def test_created_with_the_parent() -> None:
    silent("partition-created-in-place", *LOG)


def test_inherits() -> None:
    assert only("inheritance-changed", sql("ALTER TABLE log_2 INHERIT base"), start=LOG) == (
        "operation 1 (RunSQL) lets the rows of log_2 be rows of base: for the running "
        "release they appear in each SELECT, UPDATE and DELETE on base.",
        "Let the code say ONLY base where it means that table alone, one release before.",
    )


def test_inherits_no_more() -> None:
    assert only("inheritance-changed", sql("ALTER TABLE log_2 NO INHERIT base"), start=LOG) == (
        "operation 1 (RunSQL) lets the rows of log_2 no longer be rows of base: for the "
        "running release they are gone from each SELECT, UPDATE and DELETE on base.",
        "Let the code say ONLY base where it means that table alone, one release before.",
    )


def test_new_table_inherits() -> None:
    silent(
        "inheritance-changed", sql("CREATE TABLE log_3 (id int); ALTER TABLE log_3 INHERIT base")
    )
