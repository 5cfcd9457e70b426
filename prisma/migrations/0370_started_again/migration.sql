-- Only the first run of a window is reserved: what was started again is on demand, and says so from now on.
UPDATE "bookings" SET "kind" = 'onDemand'
WHERE "kind" = 'reserved' AND (SELECT count(DISTINCT a."starts_at") FROM "allocations" a WHERE a."booking_id" = "bookings"."id") > 1;
