-- Whether our event trigger is there, and switched on.
SELECT evtenabled::text FROM pg_event_trigger WHERE evtname = 'governance_follow'
