-- A statement is named by its lease and sequence: that it is logged once needs no second index over a longer text, and
-- only keys name a machine. Each index less is felt when many statements are logged.
CREATE UNIQUE INDEX "log_entries_lease_id_sequence_key" ON "log_entries"("lease_id", "sequence");
DROP INDEX "log_entries_lease_id_kind_sequence_idx";
DROP INDEX "log_entries_subject_key";
CREATE UNIQUE INDEX "log_entries_subject_key" ON "log_entries"("subject") WHERE "kind" <> 'statement';
DROP INDEX "log_entries_machine_id_idx";
CREATE INDEX "log_entries_machine_id_idx" ON "log_entries"("machine_id") WHERE "machine_id" IS NOT NULL;
ALTER TABLE "log_entries" ADD CONSTRAINT "log_entries_statement" CHECK (
  ("kind" = 'statement') = ("sequence" IS NOT NULL) AND ("kind" <> 'statement' OR "lease_id" IS NOT NULL));
