-- Interruptible rentals: bids, what they pay, and what each clearing came to.

ALTER TABLE "allocations" ADD COLUMN "yields" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "leases" ADD COLUMN "returned_sequence" INTEGER NOT NULL DEFAULT -1;
ALTER TABLE "listings" ADD COLUMN "takes_bids" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "listings" ADD COLUMN "bid_floor_micros_per_gpu_hour" BIGINT;
ALTER TABLE "listings" ADD CONSTRAINT "listings_bid_floor" CHECK ("bid_floor_micros_per_gpu_hour" > 0);

CREATE TABLE "bids" (
    "id" TEXT NOT NULL,
    "renter_id" TEXT NOT NULL,
    "listing_id" TEXT,
    "models" TEXT[],
    "gpu_count" INTEGER NOT NULL,
    "disk_bytes" BIGINT NOT NULL,
    "max_disk_price_micros_per_gib_month" BIGINT NOT NULL,
    "simulated_too" BOOLEAN NOT NULL,
    "micros_per_gpu_hour" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "image" TEXT NOT NULL,
    "command" JSONB,
    "idempotency_key" TEXT NOT NULL,
    "booking_id" TEXT,
    "state" TEXT NOT NULL,
    "waits" TEXT,
    "waits_detail" TEXT,
    "not_before" TIMESTAMPTZ(3),
    "rentals" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "closed_reason" TEXT,

    CONSTRAINT "bids_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "bid_prices" (
    "booking_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "micros_per_gpu_hour" BIGINT NOT NULL,

    CONSTRAINT "bid_prices_pkey" PRIMARY KEY ("booking_id","since")
);

CREATE TABLE "clearing_prices" (
    "model" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "micros_per_gpu_hour" BIGINT,
    "entry_micros" BIGINT[],
    "offered_gpus" INTEGER NOT NULL,
    "rented_gpus" INTEGER NOT NULL,
    "waiting_gpus" INTEGER NOT NULL,

    CONSTRAINT "clearing_prices_pkey" PRIMARY KEY ("model","at")
);

CREATE UNIQUE INDEX "bids_booking_id_key" ON "bids"("booking_id");
CREATE INDEX "bids_renter_id_id_idx" ON "bids"("renter_id", "id");
CREATE INDEX "bids_state_idx" ON "bids"("state");
CREATE UNIQUE INDEX "bids_renter_id_idempotency_key_key" ON "bids"("renter_id", "idempotency_key");

ALTER TABLE "bids" ADD CONSTRAINT "bids_renter_id_fkey" FOREIGN KEY ("renter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "bids" ADD CONSTRAINT "bids_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "bids" ADD CONSTRAINT "bids_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "bid_prices" ADD CONSTRAINT "bid_prices_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Nobody bids nothing, and a slip of the hand is not a bid.
ALTER TABLE "bids" ADD CONSTRAINT "bids_amount" CHECK ("micros_per_gpu_hour" BETWEEN 1 AND 1000000000);
ALTER TABLE "bids" ADD CONSTRAINT "bids_sizes" CHECK ("gpu_count" BETWEEN 1 AND 64 AND "disk_bytes" > 0 AND cardinality("models") > 0);
ALTER TABLE "bids" ADD CONSTRAINT "bids_state" CHECK ("state" IN ('open', 'closed') AND ("state" = 'closed') = ("closed_at" IS NOT NULL));
ALTER TABLE "bid_prices" ADD CONSTRAINT "bid_prices_amount" CHECK ("micros_per_gpu_hour" > 0);

-- What somebody was told to pay, and what the market came to, is history.
CREATE TRIGGER "bid_prices_stay" BEFORE UPDATE OR DELETE ON "bid_prices" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "clearing_prices_stay" BEFORE UPDATE ON "clearing_prices" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
