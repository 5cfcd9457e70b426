-- A pause takes a machine off the market until an instant: a span of the calendar that cuts nothing, and may lie over others.
ALTER TABLE "calendar_blocks" DROP CONSTRAINT "calendar_blocks_kind";
ALTER TABLE "calendar_blocks" ADD CONSTRAINT "calendar_blocks_kind" CHECK ("kind" IN ('block', 'maintenance', 'pause'));
ALTER TABLE "calendar_blocks" DROP CONSTRAINT "calendar_blocks_no_overlap";
ALTER TABLE "calendar_blocks" ADD CONSTRAINT "calendar_blocks_no_overlap"
  EXCLUDE USING gist ("machine_id" WITH =, tstzrange("starts_at", "ends_at") WITH &&) WHERE ("kind" <> 'pause');
ALTER TABLE "calendar_blocks" ADD CONSTRAINT "calendar_blocks_one_pause"
  EXCLUDE USING gist ("machine_id" WITH =, tstzrange("starts_at", "ends_at") WITH &&) WHERE ("kind" = 'pause');
