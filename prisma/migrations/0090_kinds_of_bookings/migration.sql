-- A booking says by which right it has its GPUs, and from when on. Only what somebody booked by hand comes from a quote.

ALTER TABLE "bookings" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'onDemand';
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_kind" CHECK ("kind" IN ('onDemand', 'reserved', 'interruptible'));
ALTER TABLE "bookings" ALTER COLUMN "quote_id" DROP NOT NULL;

ALTER TABLE "bookings" ADD COLUMN "starts_at" TIMESTAMPTZ(3);
UPDATE "bookings" SET "starts_at" = "created_at";
ALTER TABLE "bookings" ALTER COLUMN "starts_at" SET NOT NULL;
