-- When a machine last told what it is: the date of what its agent measured. Null for what was told before this was kept.
ALTER TABLE "machines" ADD COLUMN "described_at" TIMESTAMPTZ(3);
