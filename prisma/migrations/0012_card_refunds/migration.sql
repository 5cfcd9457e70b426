-- Unspent money on its way back to cards.
CREATE TABLE "card_refunds" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "top_up_id" TEXT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "refund_id" TEXT,
    "round" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "card_refunds_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "card_refunds_refund_id_key" ON "card_refunds"("refund_id");
CREATE UNIQUE INDEX "card_refunds_user_id_idempotency_key_top_up_id_key" ON "card_refunds"("user_id", "idempotency_key", "top_up_id");
CREATE INDEX "card_refunds_top_up_id_idx" ON "card_refunds"("top_up_id");
CREATE INDEX "card_refunds_next_try_at_idx" ON "card_refunds"("next_try_at");
ALTER TABLE "card_refunds" ADD CONSTRAINT "card_refunds_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "card_refunds" ADD CONSTRAINT "card_refunds_top_up_id_fkey" FOREIGN KEY ("top_up_id") REFERENCES "top_ups"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "card_refunds" ADD CONSTRAINT "card_refunds_amount" CHECK ("amount_micros" > 0 AND "amount_micros" % 10000 = 0);
ALTER TABLE "card_refunds" ADD CONSTRAINT "card_refunds_state" CHECK ("state" IN ('asked', 'sent', 'settled', 'failed'));

-- What goes back of a payment is never more than what came, whoever writes it.
CREATE FUNCTION "guard_card_refunds"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "paid" BIGINT;
  "back" BIGINT;
BEGIN
  SELECT "amount_micros" INTO "paid" FROM "top_ups" WHERE "id" = NEW."top_up_id" FOR NO KEY UPDATE;
  SELECT coalesce(sum("amount_micros"), 0) INTO "back" FROM "card_refunds" WHERE "top_up_id" = NEW."top_up_id" AND "state" <> 'failed';
  IF "back" > "paid" THEN
    RAISE EXCEPTION 'card_refunds_within_payment' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "card_refunds_within_payment" AFTER INSERT OR UPDATE OF "amount_micros", "state", "top_up_id" ON "card_refunds"
  FOR EACH ROW WHEN (NEW."state" <> 'failed') EXECUTE FUNCTION "guard_card_refunds"();
