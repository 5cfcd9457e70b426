-- A case of the desk is one admin's for a while: one row, so never two admins'.
CREATE TABLE "case_claims" (
    "kind" TEXT NOT NULL,
    "case_id" TEXT NOT NULL,
    "admin_id" TEXT NOT NULL,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "case_claims_pkey" PRIMARY KEY ("kind", "case_id")
);
CREATE INDEX "case_claims_admin_id_idx" ON "case_claims"("admin_id");
ALTER TABLE "case_claims" ADD CONSTRAINT "case_claims_admin_id_fkey" FOREIGN KEY ("admin_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "case_claims" ADD CONSTRAINT "case_claims_kind" CHECK ("kind" IN ('machine', 'report', 'dispute', 'payout', 'signup', 'payment', 'webhook'));
-- A lease, not a possession: whoever goes home does not keep a case.
ALTER TABLE "case_claims" ADD CONSTRAINT "case_claims_lease" CHECK ("expires_at" > "claimed_at" AND "expires_at" <= "claimed_at" + interval '12 hours');

-- The last witness that nobody decides a case which is another admin's. What the two sides settle by themselves has no decider.
CREATE FUNCTION "refuse_decision_over_claim"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "case_claims" WHERE "kind" = TG_ARGV[0] AND "case_id" = NEW."id"
             AND "admin_id" <> NEW."decided_by_id" AND "expires_at" > NEW."decided_at") THEN
    RAISE EXCEPTION 'case_claims_hold: % % is claimed by another admin', TG_ARGV[0], NEW."id" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "disputes_claim_holds" BEFORE UPDATE ON "disputes" FOR EACH ROW
  WHEN (OLD."decided_at" IS NULL AND NEW."decided_at" IS NOT NULL) EXECUTE FUNCTION "refuse_decision_over_claim"('dispute');
