-- A renter contests what a booking cost: the part lies in the account "disputed" until an admin decides.
ALTER TABLE "leases" ADD COLUMN "disputed_micros" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "leases" DROP CONSTRAINT "leases_never_over";
ALTER TABLE "leases" ADD CONSTRAINT "leases_never_over" CHECK ("charged_micros" = "fee_micros" + "credited_micros" AND "held_micros" >= 0
  AND "refunded_micros" >= 0 AND "disputed_micros" >= 0 AND "charged_micros" >= "refunded_micros" + "disputed_micros");

CREATE TABLE "disputes" (
    "id" TEXT NOT NULL,
    "booking_id" TEXT NOT NULL,
    "renter_id" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "host_micros" BIGINT NOT NULL,
    "fee_micros" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "answer_until" TIMESTAMPTZ(3) NOT NULL,
    "host_says" TEXT,
    "host_said_at" TIMESTAMPTZ(3),
    "renter_says" TEXT,
    "renter_said_at" TIMESTAMPTZ(3),
    "due_told_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "given_micros" BIGINT,
    "decision" TEXT,
    "decided_by_id" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "disputes_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "disputes_booking_id_key" ON "disputes"("booking_id");
CREATE INDEX "disputes_renter_id_id_idx" ON "disputes"("renter_id", "id");
CREATE INDEX "disputes_host_id_id_idx" ON "disputes"("host_id", "id");
CREATE INDEX "disputes_state_id_idx" ON "disputes"("state", "id");
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_renter_id_fkey" FOREIGN KEY ("renter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "disputes" ADD CONSTRAINT "disputes_amounts" CHECK (
  "amount_micros" > 0 AND "host_micros" >= 0 AND "fee_micros" >= 0 AND "amount_micros" = "host_micros" + "fee_micros");
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_decided_whole" CHECK (CASE "state"
  WHEN 'open' THEN num_nonnulls("outcome", "given_micros", "decision", "decided_by_id", "decided_at") = 0
  WHEN 'decided' THEN num_nulls("outcome", "given_micros", "decision", "decided_by_id", "decided_at") = 0
  ELSE false END);
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_outcome" CHECK (CASE "outcome"
  WHEN 'full' THEN "given_micros" = "amount_micros"
  WHEN 'part' THEN "given_micros" > 0 AND "given_micros" < "amount_micros"
  WHEN 'none' THEN "given_micros" = 0
  ELSE "outcome" IS NULL END);

-- A case is decided once, and no case disappears.
CREATE TRIGGER "disputes_decided_stay" BEFORE UPDATE ON "disputes" FOR EACH ROW WHEN (OLD."state" = 'decided') EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "disputes_stay" BEFORE DELETE ON "disputes" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "disputes_not_emptied" BEFORE TRUNCATE ON "disputes" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
