-- What a transfer costs is what its indexes cost. Two of them are not needed.

-- What belongs to a hold belongs to its booking, and is found by it.
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_hold_of_a_booking" CHECK ("hold_id" IS NULL OR "booking_id" IS NOT NULL);
DROP INDEX "transfers_hold_id_idx";

-- Every second transfer is a fee, and all fees go to one account, where they stand in the order of their ids as they do in the
-- table. They are found by that order. Whoever looks for what came into an account says that it is not a fee.
DROP INDEX "transfers_credit_account_id_id_idx";
CREATE INDEX "transfers_credit_account_id_id_idx" ON "transfers" ("credit_account_id", "id") WHERE "kind" <> 'fee';

-- Moves balances in one look at what was moved, in the order of account ids, so that two writers never deadlock.
CREATE OR REPLACE FUNCTION "move_balances"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "ids" text[];
  "amounts" bigint[];
  "found" bigint;
BEGIN
  SELECT array_agg("account_id"), array_agg("amount") INTO "ids", "amounts" FROM (
    SELECT "account_id", sum("amount")::bigint AS "amount" FROM (
      SELECT "debit_account_id" AS "account_id", -"amount_micros" AS "amount" FROM "moved"
      UNION ALL
      SELECT "credit_account_id", "amount_micros" FROM "moved"
    ) AS "legs" GROUP BY "account_id"
  ) AS "delta";
  IF "ids" IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM 1 FROM "accounts" WHERE "id" = ANY("ids") ORDER BY "id" FOR NO KEY UPDATE;
  GET DIAGNOSTICS "found" = ROW_COUNT;
  IF "found" <> cardinality("ids") THEN
    RAISE EXCEPTION 'a transfer moves money between accounts that exist' USING ERRCODE = 'foreign_key_violation';
  END IF;
  UPDATE "accounts" SET "balance_micros" = "balance_micros" + "delta"."amount"
  FROM unnest("ids", "amounts") AS "delta" ("account_id", "amount") WHERE "accounts"."id" = "delta"."account_id";
  RETURN NULL;
END $$;

-- The same promises as before, asked before the function is called: a balance moves inside the trigger of a transfer, where the depth is one.
DROP TRIGGER "accounts_guard_balance" ON "accounts";
CREATE TRIGGER "accounts_begin_at_zero" BEFORE INSERT ON "accounts" FOR EACH ROW
  WHEN (NEW."balance_micros" <> 0) EXECUTE FUNCTION "guard_balance"();
CREATE TRIGGER "accounts_guard_balance" BEFORE UPDATE ON "accounts" FOR EACH ROW
  WHEN (NEW."balance_micros" <> OLD."balance_micros" AND pg_trigger_depth() < 1) EXECUTE FUNCTION "guard_balance"();
