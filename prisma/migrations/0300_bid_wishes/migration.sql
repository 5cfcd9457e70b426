-- What a bid wishes of a machine beside its model, the most that all of its rentals may cost, and the variables of what runs.
ALTER TABLE "bids"
  ADD COLUMN "regions" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "least_trust" TEXT NOT NULL DEFAULT 'new',
  ADD COLUMN "cap_micros" BIGINT,
  ADD COLUMN "encrypted_environment" TEXT;

ALTER TABLE "bids" ADD CONSTRAINT "bids_least_trust" CHECK ("least_trust" IN ('new', 'selfTested', 'checkedByStaff'));
ALTER TABLE "bids" ADD CONSTRAINT "bids_cap" CHECK ("cap_micros" > 0);
-- Variables are kept as long as another rental may need them.
ALTER TABLE "bids" ADD CONSTRAINT "bids_environment" CHECK ("state" = 'open' OR "encrypted_environment" IS NULL);
