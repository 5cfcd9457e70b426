-- What people report, what looks risky about an account, and payouts that wait for a person. What is decided never changes.
CREATE TABLE "reports" (
    "id" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "listing_id" TEXT,
    "reporter_id" TEXT NOT NULL,
    "about_id" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "quote" TEXT,
    "state" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "decision" TEXT,
    "decided_by_id" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "reports_pkey" PRIMARY KEY ("id")
);
-- Somebody reports a thing once until it is decided.
CREATE UNIQUE INDEX "reports_one_open" ON "reports"("subject_kind", "subject_id", "reporter_id") WHERE "state" = 'open';
CREATE INDEX "reports_state_id_idx" ON "reports"("state", "id");
CREATE INDEX "reports_reporter_id_id_idx" ON "reports"("reporter_id", "id");
CREATE INDEX "reports_about_id_id_idx" ON "reports"("about_id", "id");
CREATE INDEX "reports_subject_id_idx" ON "reports"("subject_id");
ALTER TABLE "reports" ADD CONSTRAINT "reports_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reports" ADD CONSTRAINT "reports_reporter_id_fkey" FOREIGN KEY ("reporter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reports" ADD CONSTRAINT "reports_about_id_fkey" FOREIGN KEY ("about_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reports" ADD CONSTRAINT "reports_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reports" ADD CONSTRAINT "reports_words" CHECK (
  "subject_kind" IN ('listing', 'message') AND "cause" IN ('notAsDescribed', 'unreachable', 'scam', 'abuse', 'other')
  AND ("subject_kind" <> 'listing' OR "listing_id" = "subject_id"));
ALTER TABLE "reports" ADD CONSTRAINT "reports_not_own" CHECK ("reporter_id" <> "about_id");
ALTER TABLE "reports" ADD CONSTRAINT "reports_decided_whole" CHECK (CASE "state"
  WHEN 'open' THEN num_nonnulls("decision", "decided_by_id", "decided_at") = 0
  WHEN 'upheld' THEN num_nulls("decision", "decided_by_id", "decided_at") = 0
  WHEN 'dismissed' THEN num_nulls("decision", "decided_by_id", "decided_at") = 0
  ELSE false END);
CREATE TRIGGER "reports_claim_holds" BEFORE UPDATE ON "reports" FOR EACH ROW
  WHEN (OLD."decided_at" IS NULL AND NEW."decided_at" IS NOT NULL) EXECUTE FUNCTION "refuse_decision_over_claim"('report');
CREATE TRIGGER "reports_decided_stay" BEFORE UPDATE ON "reports" FOR EACH ROW WHEN (OLD."state" <> 'open') EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "reports_stay" BEFORE DELETE ON "reports" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();

-- Why an account looks risky: names of rules and the counts that they found, never addresses or cards.
CREATE TABLE "account_flags" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "rules" TEXT[],
    "findings" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "flagged_at" TIMESTAMPTZ(3) NOT NULL,
    "decision" TEXT,
    "decided_by_id" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_flags_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "account_flags_one_open" ON "account_flags"("user_id") WHERE "state" = 'open';
CREATE INDEX "account_flags_user_id_id_idx" ON "account_flags"("user_id", "id");
CREATE INDEX "account_flags_state_id_idx" ON "account_flags"("state", "id");
ALTER TABLE "account_flags" ADD CONSTRAINT "account_flags_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "account_flags" ADD CONSTRAINT "account_flags_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "account_flags" ADD CONSTRAINT "account_flags_rules" CHECK (
  coalesce(cardinality("rules"), 0) > 0 AND "rules" <@ ARRAY['oneAddress', 'throwawayMail', 'muchAtOnce', 'cardRefused']);
ALTER TABLE "account_flags" ADD CONSTRAINT "account_flags_decided_whole" CHECK (CASE "state"
  WHEN 'open' THEN num_nonnulls("decision", "decided_by_id", "decided_at") = 0
  WHEN 'cleared' THEN num_nulls("decision", "decided_by_id", "decided_at") = 0
  WHEN 'suspended' THEN num_nulls("decision", "decided_by_id", "decided_at") = 0
  ELSE false END);
CREATE TRIGGER "account_flags_claim_holds" BEFORE UPDATE ON "account_flags" FOR EACH ROW
  WHEN (OLD."decided_at" IS NULL AND NEW."decided_at" IS NOT NULL) EXECUTE FUNCTION "refuse_decision_over_claim"('signup');
CREATE TRIGGER "account_flags_decided_stay" BEFORE UPDATE ON "account_flags" FOR EACH ROW WHEN (OLD."state" <> 'open') EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "account_flags_stay" BEFORE DELETE ON "account_flags" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();

-- A payout that was asked for and waits: its id is the payout's.
CREATE TABLE "payout_holds" (
    "id" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "held_at" TIMESTAMPTZ(3) NOT NULL,
    "decision" TEXT,
    "decided_by_id" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "payout_holds_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "payout_holds_state_id_idx" ON "payout_holds"("state", "id");
ALTER TABLE "payout_holds" ADD CONSTRAINT "payout_holds_id_fkey" FOREIGN KEY ("id") REFERENCES "payouts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "payout_holds" ADD CONSTRAINT "payout_holds_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "payout_holds" ADD CONSTRAINT "payout_holds_cause" CHECK ("cause" IN ('flagged', 'suspended'));
-- Released by the market itself when its cause is gone: then nobody decided.
ALTER TABLE "payout_holds" ADD CONSTRAINT "payout_holds_decided_whole" CHECK (CASE "state"
  WHEN 'held' THEN num_nonnulls("decision", "decided_by_id", "decided_at") = 0
  WHEN 'released' THEN num_nulls("decision", "decided_at") = 0
  WHEN 'stopped' THEN num_nulls("decision", "decided_by_id", "decided_at") = 0
  ELSE false END);
CREATE TRIGGER "payout_holds_claim_holds" BEFORE UPDATE ON "payout_holds" FOR EACH ROW
  WHEN (OLD."decided_at" IS NULL AND NEW."decided_at" IS NOT NULL) EXECUTE FUNCTION "refuse_decision_over_claim"('payout');
CREATE TRIGGER "payout_holds_decided_stay" BEFORE UPDATE ON "payout_holds" FOR EACH ROW WHEN (OLD."state" <> 'held') EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "payout_holds_stay" BEFORE DELETE ON "payout_holds" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();

-- The last run of each sweep, as it went: for the page that says whether the market is well.
CREATE TABLE "sweep_runs" (
    "name" TEXT NOT NULL,
    "every_seconds" INTEGER NOT NULL,
    "began_at" TIMESTAMPTZ(3) NOT NULL,
    "took_milliseconds" INTEGER NOT NULL,
    "rows" INTEGER NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failed_at" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "sweep_runs_pkey" PRIMARY KEY ("name")
);
