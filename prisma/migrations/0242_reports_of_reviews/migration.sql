-- A review can be reported as well.
ALTER TABLE "reports" DROP CONSTRAINT "reports_words";
ALTER TABLE "reports" ADD CONSTRAINT "reports_words" CHECK (
  "subject_kind" IN ('listing', 'message', 'review') AND "cause" IN ('notAsDescribed', 'unreachable', 'scam', 'abuse', 'other')
  AND ("subject_kind" <> 'listing' OR "listing_id" = "subject_id"));
