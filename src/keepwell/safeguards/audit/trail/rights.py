"""Who may do what in the trail's store on PostgreSQL: applied by `walls.build_walls` as the owner.

The application reads, and leaves entries in the inbox. The sequencer adds to the log and empties
the inbox. Nobody changes or deletes what the log is made of: payloads whose time is over go
by one function that takes nothing younger than the law allows (45 CFR 164.316(b)(2)(i): six years).
"""

from keepwell.safeguards.tenancy.walls import APPLICATION_ROLE, SEQUENCER_ROLE

LOG_TABLES = "trail_log, trail_entry, trail_tile, trail_checkpoint, trail_mention"

WAITING_IN_INBOX = """
CREATE OR REPLACE FUNCTION trail_waiting()
RETURNS TABLE (organisation_id uuid, oldest_us bigint, entries bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'SELECT i.organisation_id, min(i.time_us), count(*) FROM public.trail_inbox i GROUP BY 1'
"""
WAITING_IN_OUTBOX = """
CREATE OR REPLACE FUNCTION audit_waiting()
RETURNS TABLE (organisation_id uuid, oldest_us bigint, entries bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'SELECT o.organisation_id, min(o.time_us), count(*) FROM public.audit_outbox o GROUP BY 1'
"""
DROP_PAYLOADS = """
CREATE OR REPLACE FUNCTION trail_drop_payloads(whose uuid, before integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE dropped bigint;
BEGIN
  IF whose IS DISTINCT FROM nullif(current_setting('keepwell.organisation', true), '')::uuid THEN
    RAISE EXCEPTION 'This is the trail of another organisation.';
  END IF;
  IF before > to_char(now() - interval '6 years', 'YYYYMM')::integer THEN
    RAISE EXCEPTION 'Payloads are kept for at least 6 years.';
  END IF;
  UPDATE public.trail_entry SET payload = NULL
    WHERE organisation_id = whose AND period < before AND payload IS NOT NULL;
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END $$
"""
TRAIL = (
    WAITING_IN_INBOX,
    DROP_PAYLOADS,
    "REVOKE ALL ON FUNCTION trail_waiting(), trail_drop_payloads(uuid, integer) FROM PUBLIC",
    f"REVOKE ALL ON trail_inbox FROM {APPLICATION_ROLE}",
    f"GRANT INSERT ON trail_inbox TO {APPLICATION_ROLE}",
    f"GRANT INSERT ON {LOG_TABLES} TO {SEQUENCER_ROLE}",
    f"GRANT SELECT, DELETE ON trail_inbox TO {SEQUENCER_ROLE}",
    f"GRANT EXECUTE ON FUNCTION trail_waiting() TO {APPLICATION_ROLE}, {SEQUENCER_ROLE}",
    f"GRANT EXECUTE ON FUNCTION trail_drop_payloads(uuid, integer) TO {SEQUENCER_ROLE}",
)
OUTBOX = (
    WAITING_IN_OUTBOX,
    "REVOKE ALL ON FUNCTION audit_waiting() FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION audit_waiting() TO {APPLICATION_ROLE}",
)
