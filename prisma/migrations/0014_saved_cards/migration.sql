-- Saved cards, and wallets that are topped up by themselves.
CREATE TABLE "payment_customers" (
    "user_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_customers_pkey" PRIMARY KEY ("user_id")
);
CREATE TABLE "card_setups" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "session_id" TEXT,
    "checkout_url" TEXT,
    "round" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "card_setups_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "saved_cards" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "payment_method_id" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "expires_month" INTEGER NOT NULL,
    "expires_year" INTEGER NOT NULL,
    "is_default" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),

    CONSTRAINT "saved_cards_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "automatic_top_ups" (
    "user_id" TEXT NOT NULL,
    "threshold_micros" BIGINT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "monthly_limit_micros" BIGINT NOT NULL,
    "paused_at" TIMESTAMPTZ(3),
    "paused_reason" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "automatic_top_ups_pkey" PRIMARY KEY ("user_id")
);
ALTER TABLE "top_ups" ADD COLUMN "card_id" TEXT;
CREATE UNIQUE INDEX "payment_customers_customer_id_key" ON "payment_customers"("customer_id");
CREATE UNIQUE INDEX "card_setups_session_id_key" ON "card_setups"("session_id");
CREATE INDEX "card_setups_next_try_at_idx" ON "card_setups"("next_try_at");
CREATE UNIQUE INDEX "card_setups_user_id_idempotency_key_key" ON "card_setups"("user_id", "idempotency_key");
CREATE UNIQUE INDEX "saved_cards_payment_method_id_key" ON "saved_cards"("payment_method_id");
CREATE INDEX "saved_cards_user_id_idx" ON "saved_cards"("user_id");
CREATE INDEX "saved_cards_next_try_at_idx" ON "saved_cards"("next_try_at");
ALTER TABLE "top_ups" ADD CONSTRAINT "top_ups_card_id_fkey" FOREIGN KEY ("card_id") REFERENCES "saved_cards"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "payment_customers" ADD CONSTRAINT "payment_customers_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "card_setups" ADD CONSTRAINT "card_setups_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "saved_cards" ADD CONSTRAINT "saved_cards_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "automatic_top_ups" ADD CONSTRAINT "automatic_top_ups_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot say: one default card a person, one automatic payment at a time, limits that make sense.
CREATE UNIQUE INDEX "saved_cards_one_default" ON "saved_cards"("user_id") WHERE "is_default" AND "removed_at" IS NULL;
CREATE UNIQUE INDEX "top_ups_one_automatic" ON "top_ups"("user_id") WHERE "card_id" IS NOT NULL AND "state" IN ('asked', 'open');
ALTER TABLE "saved_cards" ADD CONSTRAINT "saved_cards_removed" CHECK ("removed_at" IS NULL OR NOT "is_default");
ALTER TABLE "card_setups" ADD CONSTRAINT "card_setups_state" CHECK ("state" IN ('asked', 'open', 'saved', 'failed'));
ALTER TABLE "automatic_top_ups" ADD CONSTRAINT "automatic_top_ups_amounts"
  CHECK ("threshold_micros" >= 0 AND "amount_micros" > 0 AND "monthly_limit_micros" >= "amount_micros");
ALTER TABLE "automatic_top_ups" ADD CONSTRAINT "automatic_top_ups_paused" CHECK (("paused_at" IS NULL) = ("paused_reason" IS NULL));
