"""PostgreSQL: the database, its triggers and roles."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
INFO = Severity.INFO
WARNING = Severity.WARNING

POSTGRES = (
    Rule(
        number=401,
        severity=WARNING,
        slug="database-unreachable",
        title="The database can't be asked",
        meaning="Row figures, partitions and tables without a model are unknown.",
        remedy="Start PostgreSQL, or correct DATABASES or DATABASE_URL.",
        bad="DATABASE_URL=postgresql://shop@localhost:5433/shop  # nothing listens there",
        good="DATABASE_URL=postgresql://shop@localhost:5432/shop",
        acceptable=False,
    ),
    Rule(
        number=402,
        severity=ERROR,
        slug="trigger-missing",
        title="An owned table has no trigger",
        meaning="Triggers are installed in this database, but PostgreSQL refuses no write to this "
        "table. A job may have made a partition, or somebody dropped the trigger.",
        remedy="Run manage.py schema_enforce --install.",
        bad="DROP TRIGGER governance_guard ON stock_item",
        good="$ python manage.py schema_enforce --install",
    ),
    Rule(
        number=403,
        severity=ERROR,
        slug="trigger-outdated",
        title="A trigger says something else than the declarations",
        meaning="Owner, mode, shares or cascades have changed since it was installed, or "
        "somebody changed it by hand.",
        remedy="Run manage.py schema_enforce --install, as part of each deployment.",
        bad='Module(name="stock", apps=["stock", "depots"])  # depots was added, --install not run',
        good="$ python manage.py schema_enforce --install",
    ),
    Rule(
        number=404,
        severity=ERROR,
        slug="trigger-disabled",
        title="A trigger is switched off",
        meaning="Somebody ran ALTER TABLE … DISABLE TRIGGER and did not switch it on again.",
        remedy="Run manage.py schema_enforce --install.",
        bad="ALTER TABLE stock_item DISABLE TRIGGER governance_guard",
        good="ALTER TABLE stock_item ENABLE TRIGGER governance_guard",
    ),
    Rule(
        number=405,
        severity=WARNING,
        slug="trigger-unknown",
        title="A table that no module owns has a trigger",
        meaning="The table was detached, given up or moved to the platform. Its trigger still "
        "refuses writes in the name of an owner it no longer has.",
        remedy="Run manage.py schema_enforce --prune, or declare who owns the table.",
        bad="ALTER TABLE stock_count DETACH PARTITION stock_count_2024",
        good="$ python manage.py schema_enforce --prune",
    ),
    Rule(
        number=406,
        severity=ERROR,
        slug="guard-function-outdated",
        title="The trigger function is not the expected one",
        meaning="This release or the setting OUTSIDERS asks for another function, or somebody "
        "changed it by hand.",
        remedy="Run manage.py schema_enforce --install.",
        bad='GOVERNANCE = {"OUTSIDERS": {"etl": "reports"}}  # etl was added, --install not run',
        good="$ python manage.py schema_enforce --install",
    ),
    Rule(
        number=407,
        severity=WARNING,
        slug="triggers-not-installed",
        title="No triggers are installed",
        meaning="Only Python guards the tables of this database. What does not come through "
        "Django, or is done by PostgreSQL itself, is not seen.",
        remedy="Run manage.py schema_enforce --install.",
        bad='$ psql shop -c "DELETE FROM stock_item"\nDELETE 3120',
        good="$ python manage.py schema_enforce --install",
    ),
    Rule(
        number=408,
        severity=ERROR,
        slug="enforcement-refused",
        title="PostgreSQL refused a change to its guard",
        meaning="A lock was not to be had in time, or the role may not do this. Everything else "
        "was done.",
        remedy="Run the command again, as the owner of the tables where the message says so.",
        bad="$ DATABASE_URL=postgresql://web@db/shop python manage.py schema_enforce --install",
        good="$ DATABASE_URL=postgresql://owner@db/shop python manage.py schema_enforce --install",
    ),
    Rule(
        number=409,
        severity=INFO,
        slug="partitions-not-followed",
        title="New partitions are not guarded at once",
        meaning="A partition made by a job has no trigger until the next migrate or --install. "
        "Writes through the partitioned table are guarded all the same.",
        remedy="Run manage.py schema_enforce --install --follow-partitions as a superuser, or "
        "--install after the job.",
        bad="$ python manage.py schema_enforce --install",
        good="$ python manage.py schema_enforce --install --follow-partitions",
    ),
    Rule(
        number=411,
        severity=ERROR,
        slug="role-missing",
        title="A module has no role",
        meaning="Nobody can be given the privileges of this module alone.",
        remedy="Run manage.py schema_enforce --roles.",
        bad='MODULE = Module(name="pricing", apps=["pricing"])  # is new, --roles not run',
        good="$ python manage.py schema_enforce --roles",
    ),
    Rule(
        number=412,
        severity=ERROR,
        slug="role-outdated",
        title="A role may do more or less than it should",
        meaning="Tables, shares or modules have changed, a share has ended, or somebody granted "
        "by hand.",
        remedy="Run manage.py schema_enforce --roles.",
        bad="GRANT DELETE ON stock_item TO governance_orders",
        good="$ python manage.py schema_enforce --roles",
    ),
    Rule(
        number=413,
        severity=WARNING,
        slug="role-unknown",
        title="A role belongs to no module",
        meaning="Its name begins with ROLE_PREFIX, but no module has that name. It may belong to "
        "another database of the same server.",
        remedy="Drop it if nothing uses it.",
        bad="CREATE ROLE governance_archive  -- and no module is called archive",
        good="DROP ROLE governance_archive",
    ),
    Rule(
        number=414,
        severity=WARNING,
        slug="definer-view",
        title="A view opens a table of another module",
        meaning="A view reads and writes with the privileges of its owner, not of who uses it. "
        "Grants on the table below do not matter then.",
        remedy="Make it a view WITH (security_invoker = true), which PostgreSQL 15 brought.",
        bad="CREATE VIEW open_bookings AS SELECT …",
        good="CREATE VIEW open_bookings WITH (security_invoker = true) AS SELECT …",
    ),
    Rule(
        number=415,
        severity=WARNING,
        slug="inherited-roles",
        title="A login has the privileges of several modules at once",
        meaning="It inherits them, so it writes all their tables without saying for whom.",
        remedy="Make the login NOINHERIT, so that it has to choose with SET ROLE.",
        bad="CREATE ROLE billing_service LOGIN INHERIT",
        good="CREATE ROLE billing_service LOGIN NOINHERIT",
    ),
    Rule(
        number=416,
        severity=WARNING,
        slug="unbound-login",
        title="Grants do not bind a login",
        meaning="The owner of a table, and a superuser, may do everything with it.",
        remedy="Let services log in with roles of their own; leave this one to migrate.",
        bad="$ psql postgresql://owner@db/shop",
        good="$ psql postgresql://billing_service@db/shop",
    ),
    Rule(
        number=417,
        severity=WARNING,
        slug="cascade-past-grants",
        title="A foreign key changes rows of another module past the grants",
        meaning="PostgreSQL deletes or changes the rows that refer as the owner of their table, "
        "so privileges of who deleted are not asked for.",
        remedy="Install the triggers, which judge cascades, or use ON DELETE NO ACTION.",
        bad="FOREIGN KEY (person_id) REFERENCES core_person ON DELETE CASCADE",
        good="FOREIGN KEY (person_id) REFERENCES core_person ON DELETE NO ACTION",
    ),
    Rule(
        number=418,
        severity=INFO,
        slug="row-locks-need-update",
        title="Locking a row needs UPDATE",
        meaning="SELECT … FOR UPDATE, SHARE or KEY SHARE asks for the privilege UPDATE, which the "
        "role of a module has on its own and on shared tables only.",
        remedy="Lock rows of your own tables, or use an advisory lock.",
        bad="SELECT * FROM finance_account WHERE id = 3 FOR UPDATE  -- as governance_dev",
        good="SELECT pg_advisory_xact_lock(3)",
    ),
)
