-- Money that is kept in its renter's wallet for a quote while it is looked at: what the market begins by itself leaves it alone. One quote of
-- a renter's at a time, and none that is over counts: there is nothing to release.
ALTER TABLE "quotes" ADD COLUMN "kept_micros" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_kept" CHECK ("kept_micros" >= 0);
CREATE UNIQUE INDEX "quotes_one_kept" ON "quotes" ("renter_id") WHERE "kept_micros" > 0;
