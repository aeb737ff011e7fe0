-- Put the guard of a partitioned table on each partition that is created or attached.
CREATE OR REPLACE FUNCTION {{function}}() RETURNS event_trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $governance$
DECLARE
    made record;
    root regclass;
    guard record;
    partition record;
BEGIN
    FOR made IN SELECT DISTINCT objid FROM pg_event_trigger_ddl_commands()
                WHERE classid = 'pg_class'::regclass AND objsubid = 0 LOOP
        root := pg_partition_root(made.objid);
        CONTINUE WHEN root IS NULL;
        SELECT pg_get_triggerdef(oid) AS definition, tgenabled,
               coalesce(obj_description(oid, 'pg_trigger'), '') AS comment
        INTO guard FROM pg_trigger WHERE tgrelid = root AND tgname = 'governance_guard';
        CONTINUE WHEN NOT FOUND;
        FOR partition IN
            SELECT tree.relid FROM pg_partition_tree(root) AS tree
            WHERE NOT EXISTS (SELECT FROM pg_trigger
                              WHERE tgrelid = tree.relid AND tgname = 'governance_guard') LOOP
            EXECUTE replace(guard.definition, format(' ON %s FOR EACH ', root),
                            format(' ON %s FOR EACH ', partition.relid::regclass));
            EXECUTE format('COMMENT ON TRIGGER governance_guard ON %s IS %L',
                           partition.relid::regclass, guard.comment);
            IF guard.tgenabled = 'A' THEN
                EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER governance_guard',
                               partition.relid::regclass);
            END IF;
        END LOOP;
    END LOOP;
END
$governance$;
