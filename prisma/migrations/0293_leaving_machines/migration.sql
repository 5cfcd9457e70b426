-- As in 0234, and also what events about machines say of a host who is gone: names of machines, and what ran on them.
CREATE OR REPLACE FUNCTION "guard_events"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW."data" = '{}' AND NEW."reason" IS NULL
    AND OLD."kind" ~ '^((account|session|sshKey|clientKey|twoStep)\.|machine\.(enrolled|described|renamed|selfTested|defaultJobSet)$)'
    AND (NEW."id", NEW."kind", NEW."actor_id", NEW."user_id", NEW."booking_id", NEW."machine_id", NEW."listing_id", NEW."created_at")
      IS NOT DISTINCT FROM (OLD."id", OLD."kind", OLD."actor_id", OLD."user_id", OLD."booking_id", OLD."machine_id", OLD."listing_id", OLD."created_at")
    AND EXISTS (SELECT 1 FROM "users" WHERE "id" = OLD."user_id" AND "deleted_at" IS NOT NULL)
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
