-- Below how much in the wallet somebody wants to be told, and when they were: once until it is above again.
ALTER TABLE "users" ADD COLUMN "low_balance_micros" BIGINT, ADD COLUMN "low_balance_told_at" TIMESTAMPTZ(3);
ALTER TABLE "users" ADD CONSTRAINT "users_low_balance" CHECK (
  ("low_balance_micros" IS NULL OR "low_balance_micros" > 0) AND ("low_balance_told_at" IS NULL OR "low_balance_micros" IS NOT NULL));
