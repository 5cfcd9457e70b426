-- Payments that banks took back.
CREATE TABLE "chargebacks" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "top_up_id" TEXT NOT NULL,
    "dispute_id" TEXT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "uncovered_micros" BIGINT NOT NULL,
    "fee_micros" BIGINT NOT NULL,
    "movements" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "next_try_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "chargebacks_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "chargebacks_dispute_id_key" ON "chargebacks"("dispute_id");
CREATE INDEX "chargebacks_user_id_idx" ON "chargebacks"("user_id");
CREATE INDEX "chargebacks_top_up_id_idx" ON "chargebacks"("top_up_id");
CREATE INDEX "chargebacks_next_try_at_idx" ON "chargebacks"("next_try_at");
ALTER TABLE "chargebacks" ADD CONSTRAINT "chargebacks_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "chargebacks" ADD CONSTRAINT "chargebacks_top_up_id_fkey" FOREIGN KEY ("top_up_id") REFERENCES "top_ups"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "chargebacks" ADD CONSTRAINT "chargebacks_amounts"
  CHECK ("amount_micros" > 0 AND "uncovered_micros" BETWEEN 0 AND "amount_micros" AND ("state" <> 'won' OR "uncovered_micros" = 0));
ALTER TABLE "chargebacks" ADD CONSTRAINT "chargebacks_state"
  CHECK ("state" IN ('open', 'won', 'lost') AND ("state" = 'open') = ("closed_at" IS NULL));
