-- A transfer names its cause, whatever kind of row that is; the id's prefix says which.
ALTER TABLE "transfers" RENAME COLUMN "top_up_id" TO "cause_id";
CREATE INDEX "transfers_cause_id_idx" ON "transfers"("cause_id");
