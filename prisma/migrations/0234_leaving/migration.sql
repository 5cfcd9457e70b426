-- Leaving: when somebody asked that their account be deleted, when it is to be, how much of their wallet they give up, and when it was.
ALTER TABLE "users"
  ADD COLUMN "deletion_asked_at" TIMESTAMPTZ(3),
  ADD COLUMN "deletion_due_at" TIMESTAMPTZ(3),
  ADD COLUMN "deletion_gives_up_micros" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "deleted_at" TIMESTAMPTZ(3);
ALTER TABLE "users" ADD CONSTRAINT "users_deletion_whole" CHECK (
  ("deletion_asked_at" IS NULL) = ("deletion_due_at" IS NULL) AND ("deletion_due_at" IS NULL OR "deletion_due_at" > "deletion_asked_at") AND "deletion_gives_up_micros" >= 0);
-- What is deleted names nobody and opens to nobody.
ALTER TABLE "users" ADD CONSTRAINT "users_deleted_nameless" CHECK ("deleted_at" IS NULL OR (
  "email" = "id" || '@deleted.invalid' AND "name" = 'Deleted account' AND "password_hash" = 'deleted' AND "role" = 'member'
  AND num_nonnulls("email_confirmed_at", "time_zone", "locale", "suspended_reason", "deletion_due_at") = 0));
CREATE INDEX "users_deletion_due_at_idx" ON "users"("deletion_due_at") WHERE "deletion_due_at" IS NOT NULL;

-- Events stay as they are, but for what those about an account say of a person who is gone: that may be emptied, once, and nothing else of them.
CREATE FUNCTION "guard_events"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW."data" = '{}' AND NEW."reason" IS NULL
    AND OLD."kind" ~ '^(account|session|sshKey|clientKey|twoStep)\.'
    AND (NEW."id", NEW."kind", NEW."actor_id", NEW."user_id", NEW."booking_id", NEW."machine_id", NEW."listing_id", NEW."created_at")
      IS NOT DISTINCT FROM (OLD."id", OLD."kind", OLD."actor_id", OLD."user_id", OLD."booking_id", OLD."machine_id", OLD."listing_id", OLD."created_at")
    AND EXISTS (SELECT 1 FROM "users" WHERE "id" = OLD."user_id" AND "deleted_at" IS NOT NULL)
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER "events_stay" ON "events";
CREATE TRIGGER "events_stay" BEFORE UPDATE OR DELETE ON "events" FOR EACH ROW EXECUTE FUNCTION "guard_events"();
