-- What renters wait for, and what hosts answer to it. A request is booked once, never above its price, and never so late that
-- it ends after its deadline: the commands see to it, and the database is the last witness.

CREATE TABLE "standing_requests" (
    "id" TEXT NOT NULL,
    "renter_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "models" TEXT[],
    "vram_gib" INTEGER,
    "gpu_count" INTEGER NOT NULL,
    "disk_bytes" BIGINT NOT NULL,
    "regions" TEXT[],
    "trust" TEXT NOT NULL,
    "least_reliability_basis_points" INTEGER,
    "real_only" BOOLEAN NOT NULL,
    "max_price_micros_per_gpu_hour" BIGINT NOT NULL,
    "cap_micros" BIGINT NOT NULL,
    "duration_seconds" INTEGER NOT NULL,
    "start_by" TIMESTAMPTZ(3) NOT NULL,
    "finish_by" TIMESTAMPTZ(3) NOT NULL,
    "image" TEXT NOT NULL,
    "command" JSONB,
    "idempotency_key" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "trouble" TEXT,
    "told_listing_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "told_at" TIMESTAMPTZ(3),
    "booking_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "standing_requests_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "standing_requests_booking_id_key" ON "standing_requests"("booking_id");
CREATE UNIQUE INDEX "standing_requests_renter_id_idempotency_key_key" ON "standing_requests"("renter_id", "idempotency_key");
CREATE INDEX "standing_requests_renter_id_id_idx" ON "standing_requests"("renter_id", "id");
CREATE INDEX "standing_requests_state_start_by_idx" ON "standing_requests"("state", "start_by");
ALTER TABLE "standing_requests" ADD CONSTRAINT "standing_requests_renter_id_fkey" FOREIGN KEY ("renter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "standing_requests" ADD CONSTRAINT "standing_requests_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "standing_requests" ADD CONSTRAINT "standing_requests_words" CHECK ("mode" IN ('book', 'notify', 'ask') AND "trust" IN ('new', 'selfTested', 'checkedByStaff'));
ALTER TABLE "standing_requests" ADD CONSTRAINT "standing_requests_sizes" CHECK ("gpu_count" > 0 AND "disk_bytes" > 0 AND "duration_seconds" > 0
  AND "max_price_micros_per_gpu_hour" > 0 AND "cap_micros" > 0 AND "tries" >= 0);
ALTER TABLE "standing_requests" ADD CONSTRAINT "standing_requests_deadline" CHECK ("finish_by" = "start_by" + make_interval(secs => "duration_seconds"));
ALTER TABLE "standing_requests" ADD CONSTRAINT "standing_requests_state_whole" CHECK (CASE "state"
  WHEN 'open' THEN "booking_id" IS NULL AND "closed_at" IS NULL
  WHEN 'paused' THEN "booking_id" IS NULL AND "closed_at" IS NULL AND "trouble" IS NOT NULL
  WHEN 'booked' THEN "booking_id" IS NOT NULL AND "closed_at" IS NOT NULL
  WHEN 'expired' THEN "booking_id" IS NULL AND "closed_at" IS NOT NULL
  WHEN 'cancelled' THEN "booking_id" IS NULL AND "closed_at" IS NOT NULL
  ELSE false END);

-- A request that is over stays as it is.
CREATE TRIGGER "standing_requests_closed_stay" BEFORE UPDATE ON "standing_requests" FOR EACH ROW WHEN (OLD."closed_at" IS NOT NULL) EXECUTE FUNCTION "refuse_rewrite"();

-- Booked is what was asked for: by this renter, at the price or below, ended by the deadline.
CREATE FUNCTION "refuse_other_than_asked"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM "bookings" b WHERE b."id" = NEW."booking_id" AND b."renter_id" = NEW."renter_id"
      AND (b."terms"->>'priceMicrosPerGpuHour')::numeric <= NEW."max_price_micros_per_gpu_hour"
      AND (b."terms"->>'gpuCount')::int = NEW."gpu_count" AND b."cap_micros" <= NEW."cap_micros" AND b."ends_at" <= NEW."finish_by"
  ) THEN
    RAISE EXCEPTION 'standing_requests_as_asked: booking % is not what request % asked for', NEW."booking_id", NEW."id" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "standing_requests_as_asked" BEFORE INSERT OR UPDATE ON "standing_requests" FOR EACH ROW WHEN (NEW."state" = 'booked') EXECUTE FUNCTION "refuse_other_than_asked"();

CREATE TABLE "standing_answers" (
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "listing_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "price_micros_per_gpu_hour" BIGINT NOT NULL,
    "terms" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "standing_answers_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "standing_answers_request_id_id_idx" ON "standing_answers"("request_id", "id");
CREATE INDEX "standing_answers_host_id_id_idx" ON "standing_answers"("host_id", "id");
ALTER TABLE "standing_answers" ADD CONSTRAINT "standing_answers_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "standing_requests"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "standing_answers" ADD CONSTRAINT "standing_answers_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "standing_answers" ADD CONSTRAINT "standing_answers_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "standing_answers" ADD CONSTRAINT "standing_answers_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "standing_answers" ADD CONSTRAINT "standing_answers_whole" CHECK ("price_micros_per_gpu_hour" > 0 AND "expires_at" > "created_at"
  AND ("terms"->>'priceMicrosPerGpuHour')::numeric = "price_micros_per_gpu_hour"
  AND CASE "state" WHEN 'open' THEN "closed_at" IS NULL WHEN 'withdrawn' THEN "closed_at" IS NOT NULL WHEN 'accepted' THEN "closed_at" IS NOT NULL ELSE false END);
-- A machine answers with one price at a time, and one answer is taken.
CREATE UNIQUE INDEX "standing_answers_one_open" ON "standing_answers"("request_id", "machine_id") WHERE "state" = 'open';
CREATE UNIQUE INDEX "standing_answers_one_accepted" ON "standing_answers"("request_id") WHERE "state" = 'accepted';
CREATE TRIGGER "standing_answers_closed_stay" BEFORE UPDATE ON "standing_answers" FOR EACH ROW WHEN (OLD."closed_at" IS NOT NULL) EXECUTE FUNCTION "refuse_rewrite"();
