-- Adds counts to the violations that are known, and inserts the others. Rows come sorted by
-- fingerprint, so that two processes never wait for each other in a circle.
INSERT INTO governance_violation AS known (
    fingerprint, slug, actor, caller, owner, "table", operation, message, location,
    accepted, count, first_seen, last_seen
)
SELECT * FROM unnest(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::boolean[], %s::bigint[],
    %s::timestamptz[], %s::timestamptz[]
)
ON CONFLICT (fingerprint) DO UPDATE SET
    owner = excluded.owner,
    message = excluded.message,
    location = excluded.location,
    accepted = excluded.accepted,
    count = known.count + excluded.count,
    first_seen = least(known.first_seen, excluded.first_seen),
    last_seen = greatest(known.last_seen, excluded.last_seen)
