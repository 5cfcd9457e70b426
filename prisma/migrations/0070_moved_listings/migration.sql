-- Every process keeps an index of the listings. What changes a listing's answer to a search is told to them by the database
-- itself, when it commits, so that no command can forget it: ids of machines only. A commit that tells anything takes the one
-- lock of NOTIFY once, however much it tells; equal words of one transaction are told once.

CREATE FUNCTION "tell_moved"("machine_ids" text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- A notification has at most 8,000 bytes: some 200 ids.
  PERFORM pg_notify('sublet', jsonb_build_object('moved', jsonb_agg(id))::text)
  FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 200 AS part FROM unnest("machine_ids") id GROUP BY id) parts
  GROUP BY part;
END $$;

-- Tables whose rows name their machine.
CREATE FUNCTION "tell_moved_machines"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell_moved"(array_agg(DISTINCT "machine_id")) FROM "moved";
  RETURN NULL;
END $$;

CREATE TRIGGER "listings_tell_added" AFTER INSERT ON "listings" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "listings_tell_changed" AFTER UPDATE ON "listings" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "listings_tell_removed" AFTER DELETE ON "listings" REFERENCING OLD TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "gpus_tell_added" AFTER INSERT ON "gpus" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "gpus_tell_changed" AFTER UPDATE ON "gpus" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "gpus_tell_removed" AFTER DELETE ON "gpus" REFERENCING OLD TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "offers_tell_added" AFTER INSERT ON "offers" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "offers_tell_changed" AFTER UPDATE ON "offers" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "offers_tell_removed" AFTER DELETE ON "offers" REFERENCING OLD TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "silences_tell_added" AFTER INSERT ON "silences" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "silences_tell_changed" AFTER UPDATE ON "silences" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "silences_tell_removed" AFTER DELETE ON "silences" REFERENCING OLD TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();

-- A window of a GPU: many at once where a plan is placed, so by the statement. Marks of the meter on it move nothing.
CREATE FUNCTION "tell_moved_windows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell_moved"(array_agg(DISTINCT g."machine_id")) FROM "moved" w JOIN "gpus" g ON g."id" = w."gpu_id";
  RETURN NULL;
END $$;

CREATE FUNCTION "tell_moved_window"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell_moved"(array_agg(g."machine_id")) FROM "gpus" g WHERE g."id" IN (OLD."gpu_id", NEW."gpu_id");
  RETURN NULL;
END $$;

CREATE TRIGGER "allocations_tell_added" AFTER INSERT ON "allocations" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_windows"();
CREATE TRIGGER "allocations_tell_removed" AFTER DELETE ON "allocations" REFERENCING OLD TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_windows"();
CREATE TRIGGER "allocations_tell_changed" AFTER UPDATE OF "gpu_id", "starts_at", "ends_at" ON "allocations" FOR EACH ROW
  WHEN ((OLD."gpu_id", OLD."starts_at", OLD."ends_at") IS DISTINCT FROM (NEW."gpu_id", NEW."starts_at", NEW."ends_at"))
  EXECUTE FUNCTION "tell_moved_window"();

-- Machines: a heartbeat sets neither of these columns, and so does not even ask.
CREATE FUNCTION "tell_moved_machine"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell_moved"(array_agg("machine_id")) FROM "listings" WHERE "machine_id" = NEW."id" AND "state" = 'published';
  RETURN NULL;
END $$;

CREATE TRIGGER "machines_tell_changed" AFTER UPDATE OF "host_id", "name", "region", "country", "simulated", "specification", "self_test_passed",
  "staff_checked_at", "identity_copied_at", "retired_at" ON "machines" FOR EACH ROW
  WHEN ((OLD."host_id", OLD."name", OLD."region", OLD."country", OLD."simulated", OLD."specification", OLD."self_test_passed",
      OLD."staff_checked_at", OLD."identity_copied_at", OLD."retired_at")
    IS DISTINCT FROM (NEW."host_id", NEW."name", NEW."region", NEW."country", NEW."simulated", NEW."specification", NEW."self_test_passed",
      NEW."staff_checked_at", NEW."identity_copied_at", NEW."retired_at"))
  EXECUTE FUNCTION "tell_moved_machine"();

-- A sign of life after a pause is news; the ones before it are read every few seconds (lib/catalogue/index/live-index.ts says
-- how the two together are exact). Agents that answer at least every 25 s never get here.
CREATE TRIGGER "machines_tell_back" AFTER UPDATE OF "last_sync_at" ON "machines" FOR EACH ROW
  WHEN (NEW."last_sync_at" IS DISTINCT FROM OLD."last_sync_at" AND coalesce(NEW."last_sync_at" - OLD."last_sync_at" NOT BETWEEN interval '0' AND interval '30 seconds', true))
  EXECUTE FUNCTION "tell_moved_machine"();

CREATE FUNCTION "tell_moved_host"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tell_moved"(array_agg("machine_id")) FROM "listings" WHERE "host_id" = NEW."id" AND "state" = 'published';
  RETURN NULL;
END $$;

CREATE TRIGGER "users_tell_changed" AFTER UPDATE OF "name", "suspended_at" ON "users" FOR EACH ROW
  WHEN ((OLD."name", OLD."suspended_at") IS DISTINCT FROM (NEW."name", NEW."suspended_at"))
  EXECUTE FUNCTION "tell_moved_host"();
