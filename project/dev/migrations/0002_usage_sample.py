from django.db import migrations


class Migration(migrations.Migration):
    """Readings arrive in time order and are dropped by half-year, hence the partitions.

    They have no foreign key: `flush` truncates managed tables only, and could not truncate
    `dev_project` while an unmanaged table refers to it.
    """

    dependencies = [("dev", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE TABLE dev_usage_sample (
                    id bigint NOT NULL,
                    taken_at timestamptz NOT NULL,
                    project_id bigint NOT NULL,
                    cpu_seconds integer NOT NULL CHECK (cpu_seconds >= 0),
                    PRIMARY KEY (id, taken_at)
                ) PARTITION BY RANGE (taken_at);

                CREATE TABLE dev_usage_sample_2026_h1 PARTITION OF dev_usage_sample
                    FOR VALUES FROM ('2026-01-01T00:00:00Z') TO ('2026-07-01T00:00:00Z');

                CREATE TABLE dev_usage_sample_2026_h2 PARTITION OF dev_usage_sample
                    FOR VALUES FROM ('2026-07-01T00:00:00Z') TO ('2027-01-01T00:00:00Z');
            """,
            reverse_sql="DROP TABLE dev_usage_sample",
        ),
    ]
