-- A host is told when a pause ended by itself, once. Those of before are told to nobody.
ALTER TABLE "calendar_blocks" ADD COLUMN "end_told_at" TIMESTAMPTZ(3);
UPDATE "calendar_blocks" SET "end_told_at" = "ends_at" WHERE "kind" = 'pause' AND "ends_at" <= now();
CREATE INDEX "calendar_blocks_pauses_to_tell" ON "calendar_blocks" ("ends_at") WHERE "kind" = 'pause' AND "end_told_at" IS NULL;
