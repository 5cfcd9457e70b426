-- Which machines new windows are on is looked up GPU by GPU. Joined with what was inserted, of which the planner knows no size,
-- all GPUs of the market were read for each booking.

CREATE OR REPLACE FUNCTION "tell_moved_windows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell_moved"(array_agg(DISTINCT "machine_id")) FROM "gpus" WHERE "id" = ANY(ARRAY(SELECT "gpu_id" FROM "moved"));
  RETURN NULL;
END $$;
