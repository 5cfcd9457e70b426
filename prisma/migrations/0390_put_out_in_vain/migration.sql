-- For which rentals interruptible ones were put out, and which of these came to nothing by their renter's doing: counted before
-- anybody is put out for the same renter again.
ALTER TABLE "bookings" ADD COLUMN "put_out_at" TIMESTAMPTZ(3), ADD COLUMN "put_out_bid_micros" BIGINT;
CREATE INDEX "bookings_put_out" ON "bookings"("renter_id") WHERE "put_out_at" IS NOT NULL AND "desired" = 'running';

CREATE TABLE "put_outs_in_vain" (
    "booking_id" TEXT NOT NULL,
    "put_out_at" TIMESTAMPTZ(3) NOT NULL,
    "renter_id" TEXT NOT NULL,
    "over_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "put_outs_in_vain_pkey" PRIMARY KEY ("booking_id", "put_out_at")
);
ALTER TABLE "put_outs_in_vain" ADD CONSTRAINT "put_outs_in_vain_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "put_outs_in_vain" ADD CONSTRAINT "put_outs_in_vain_renter_id_fkey" FOREIGN KEY ("renter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX "put_outs_in_vain_renter_id_over_at_idx" ON "put_outs_in_vain"("renter_id", "over_at");
