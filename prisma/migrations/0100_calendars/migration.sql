-- When a host rents a machine, and at which terms windows of it are reserved. A machine without a calendar is open always.
CREATE TABLE "calendars" (
    "machine_id" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "hours" JSONB NOT NULL,
    "least_seconds" INTEGER NOT NULL,
    "most_seconds" INTEGER,
    "lead_seconds" INTEGER NOT NULL,
    "cancellation" TEXT NOT NULL,
    "maintenance_notice_seconds" INTEGER NOT NULL,
    "open" TSTZMULTIRANGE NOT NULL,
    "open_known_until" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "calendars_pkey" PRIMARY KEY ("machine_id")
);
CREATE TABLE "calendar_blocks" (
    "id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "note" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "calendar_blocks_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "calendars_open_known_until_idx" ON "calendars"("open_known_until");
ALTER TABLE "calendars" ADD CONSTRAINT "calendars_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "calendar_blocks" ADD CONSTRAINT "calendar_blocks_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "calendars" ADD CONSTRAINT "calendars_lengths" CHECK (
  "least_seconds" >= 300 AND "lead_seconds" >= 0 AND "maintenance_notice_seconds" >= 3600
  AND ("most_seconds" IS NULL OR "most_seconds" BETWEEN "least_seconds" AND 2592000));
ALTER TABLE "calendars" ADD CONSTRAINT "calendars_cancellation" CHECK ("cancellation" IN ('flexible', 'moderate', 'strict'));
ALTER TABLE "calendars" ADD CONSTRAINT "calendars_hours" CHECK (jsonb_typeof("hours") = 'array');
ALTER TABLE "calendar_blocks" ADD CONSTRAINT "calendar_blocks_kind" CHECK ("kind" IN ('block', 'maintenance'));
ALTER TABLE "calendar_blocks" ADD CONSTRAINT "calendar_blocks_forward" CHECK ("ends_at" > "starts_at");
-- Two blocks of a machine do not overlap: each span has one reason.
ALTER TABLE "calendar_blocks" ADD CONSTRAINT "calendar_blocks_no_overlap"
  EXCLUDE USING gist ("machine_id" WITH =, tstzrange("starts_at", "ends_at") WITH &&);

-- Searches follow what is open: told as in migration 0070. Blocks move nothing by themselves: the open time is written with them.
CREATE TRIGGER "calendars_tell_added" AFTER INSERT ON "calendars" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "calendars_tell_changed" AFTER UPDATE ON "calendars" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();
CREATE TRIGGER "calendars_tell_removed" AFTER DELETE ON "calendars" REFERENCING OLD TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "tell_moved_machines"();

-- A quote for a window of the calendar names its beginning.
ALTER TABLE "quotes" ADD COLUMN "starts_at" TIMESTAMPTZ(3);
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_window" CHECK ("starts_at" IS NULL OR coalesce("duration_seconds", 0) > 0);

-- What a renter paid for giving a reserved window back, and the platform's share of it.
ALTER TABLE "leases" ADD COLUMN "cancellation_micros" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "leases" ADD COLUMN "cancellation_fee_micros" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "leases" ADD CONSTRAINT "leases_cancellation" CHECK ("cancellation_fee_micros" BETWEEN 0 AND "cancellation_micros");

