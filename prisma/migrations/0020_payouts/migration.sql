-- Payouts to hosts, what is kept back of them, and the nightly comparison with the provider.
CREATE TABLE "payouts" (
    "id" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "occasion" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "provider_account_id" TEXT,
    "transfer_id" TEXT,
    "returned_micros" BIGINT NOT NULL DEFAULT 0,
    "bank_payout_id" TEXT,
    "bank" TEXT NOT NULL DEFAULT 'none',
    "failure" TEXT,
    "refused" BOOLEAN NOT NULL DEFAULT false,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "refusals" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "arrived_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "payouts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "host_reserves" (
    "id" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "earned_micros" BIGINT NOT NULL,
    "held_at" TIMESTAMPTZ(3) NOT NULL,
    "release_at" TIMESTAMPTZ(3) NOT NULL,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "host_reserves_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "payout_accounts" (
    "host_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "provider_account_id" TEXT,
    "details_submitted" BOOLEAN NOT NULL DEFAULT false,
    "transfers_active" BOOLEAN NOT NULL DEFAULT false,
    "payouts_enabled" BOOLEAN NOT NULL DEFAULT false,
    "disabled_reason" TEXT,
    "missing" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "next_check_at" TIMESTAMPTZ(3),

    CONSTRAINT "payout_accounts_pkey" PRIMARY KEY ("host_id")
);

CREATE TABLE "payout_runs" (
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3) NOT NULL,
    "asked" INTEGER NOT NULL,

    CONSTRAINT "payout_runs_pkey" PRIMARY KEY ("due_at")
);

CREATE TABLE "provider_movements" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "net_micros" BIGINT NOT NULL,
    "fee_micros" BIGINT NOT NULL,
    "refs" TEXT[],
    "cause_id" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_movements_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "reconciliations" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "cut_off_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "movements" INTEGER NOT NULL,
    "causes" INTEGER NOT NULL,
    "differences" INTEGER NOT NULL,

    CONSTRAINT "reconciliations_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "book_differences" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "books_micros" BIGINT NOT NULL,
    "provider_micros" BIGINT NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),
    "explained_at" TIMESTAMPTZ(3),
    "explained_by" TEXT,
    "explanation" TEXT,

    CONSTRAINT "book_differences_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "payouts_transfer_id_key" ON "payouts"("transfer_id");

CREATE UNIQUE INDEX "payouts_bank_payout_id_key" ON "payouts"("bank_payout_id");

CREATE INDEX "payouts_host_id_id_idx" ON "payouts"("host_id", "id");

CREATE INDEX "payouts_next_try_at_idx" ON "payouts"("next_try_at");

CREATE UNIQUE INDEX "payouts_host_id_idempotency_key_key" ON "payouts"("host_id", "idempotency_key");

CREATE INDEX "host_reserves_host_id_id_idx" ON "host_reserves"("host_id", "id");

CREATE UNIQUE INDEX "payout_accounts_provider_account_id_key" ON "payout_accounts"("provider_account_id");

CREATE INDEX "payout_accounts_next_check_at_idx" ON "payout_accounts"("next_check_at");

CREATE INDEX "provider_movements_cause_id_idx" ON "provider_movements"("cause_id");

CREATE INDEX "provider_movements_at_idx" ON "provider_movements"("at");

CREATE INDEX "reconciliations_provider_id_idx" ON "reconciliations"("provider", "id");

CREATE INDEX "book_differences_provider_gone_at_idx" ON "book_differences"("provider", "gone_at");

ALTER TABLE "payouts" ADD CONSTRAINT "payouts_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "host_reserves" ADD CONSTRAINT "host_reserves_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "payout_accounts" ADD CONSTRAINT "payout_accounts_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A payout is whole cents, in one of its states, and what came back of it is a part of it.
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_state" CHECK ("state" IN ('asked', 'sent', 'arrived', 'failed', 'returning', 'returned'));
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_bank" CHECK ("bank" IN ('none', 'pending', 'paid', 'failed'));
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_amount" CHECK ("amount_micros" > 0 AND "amount_micros" % 10000 = 0 AND "returned_micros" BETWEEN 0 AND "amount_micros");
-- Money has left exactly when the provider named its transfer; what was refused never left.
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_left" CHECK (("transfer_id" IS NULL) = ("state" IN ('asked', 'failed')) AND ("returned_micros" = 0 OR "transfer_id" IS NOT NULL) AND "refused" = ("state" = 'failed'));
-- One on its way at a time.
CREATE UNIQUE INDEX "payouts_one_on_its_way" ON "payouts" ("host_id") WHERE "state" IN ('asked', 'sent');

ALTER TABLE "host_reserves" ADD CONSTRAINT "host_reserves_amount" CHECK ("amount_micros" > 0 AND "earned_micros" > 0 AND "release_at" >= "held_at");
CREATE INDEX "host_reserves_due" ON "host_reserves" ("release_at") WHERE "released_at" IS NULL;

-- An explanation has somebody who gave it, and words.
ALTER TABLE "book_differences" ADD CONSTRAINT "book_differences_explained" CHECK (
  ("explained_at" IS NULL) = ("explained_by" IS NULL) AND ("explained_at" IS NULL) = ("explanation" IS NULL)
  AND "books_micros" <> "provider_micros");
ALTER TABLE "book_differences" ADD CONSTRAINT "book_differences_kind" CHECK ("kind" IN ('missingHere', 'missingThere', 'otherAmount'));
-- One open difference for one thing.
CREATE UNIQUE INDEX "book_differences_one_open" ON "book_differences" ("provider", "subject") WHERE "gone_at" IS NULL;
-- What the provider said stays as it was said; only what it belongs to may be found later.
CREATE FUNCTION "guard_movement"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ROW(NEW."id", NEW."provider", NEW."kind", NEW."net_micros", NEW."fee_micros", NEW."refs", NEW."at")
    IS DISTINCT FROM ROW(OLD."id", OLD."provider", OLD."kind", OLD."net_micros", OLD."fee_micros", OLD."refs", OLD."at") THEN
    RAISE EXCEPTION 'a movement of the provider stays as it was said' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "provider_movements_stay" BEFORE UPDATE ON "provider_movements" FOR EACH ROW EXECUTE FUNCTION "guard_movement"();
CREATE TRIGGER "provider_movements_kept" BEFORE DELETE ON "provider_movements" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
