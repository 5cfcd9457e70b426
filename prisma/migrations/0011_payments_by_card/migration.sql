-- What a payment through a provider of real money has besides one in the sandbox.
ALTER TABLE "top_ups"
  ADD COLUMN "tax_micros" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "round" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "attempts" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "next_try_at" TIMESTAMPTZ(3),
  ADD COLUMN "session_id" TEXT,
  ADD COLUMN "checkout_url" TEXT,
  ADD COLUMN "payment_intent_id" TEXT,
  ADD COLUMN "charge_id" TEXT,
  ADD COLUMN "receipt_url" TEXT,
  ADD COLUMN "card_label" TEXT,
  ADD COLUMN "fee_micros" BIGINT,
  ADD COLUMN "failure" TEXT;
CREATE UNIQUE INDEX "top_ups_session_id_key" ON "top_ups"("session_id");
CREATE UNIQUE INDEX "top_ups_payment_intent_id_key" ON "top_ups"("payment_intent_id");
CREATE UNIQUE INDEX "top_ups_charge_id_key" ON "top_ups"("charge_id");
CREATE INDEX "top_ups_next_try_at_idx" ON "top_ups"("next_try_at");
ALTER TABLE "top_ups" ADD CONSTRAINT "top_ups_amounts" CHECK ("amount_micros" > 0 AND "tax_micros" >= 0);
ALTER TABLE "top_ups" ADD CONSTRAINT "top_ups_state"
  CHECK ("state" IN ('asked', 'open', 'settled', 'failed', 'review') AND ("state" = 'settled') = ("settled_at" IS NOT NULL));
