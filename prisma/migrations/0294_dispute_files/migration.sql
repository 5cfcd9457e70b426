-- A side may attach a file to what it says: its evidence names it with its own hash, and its bytes lie beside, so that they can be forgotten.
ALTER TABLE "dispute_evidence" DROP CONSTRAINT "dispute_evidence_shape";
ALTER TABLE "dispute_evidence" ADD CONSTRAINT "dispute_evidence_shape" CHECK ("side" IN ('renter', 'host', 'market') AND "title" <> ''
  AND "hash" = encode(sha256(convert_to("payload", 'UTF8')), 'hex')
  AND ("side" = 'market') = ("kind" NOT IN ('text', 'file'))
  AND "kind" IN ('text', 'file', 'interruptions', 'statements', 'heartbeats', 'events', 'metrics', 'countersignature'));

CREATE TABLE "dispute_files" (
    "evidence_id" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "dispute_files_pkey" PRIMARY KEY ("evidence_id")
);
ALTER TABLE "dispute_files" ADD CONSTRAINT "dispute_files_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "dispute_evidence"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "dispute_files" ADD CONSTRAINT "dispute_files_size" CHECK (octet_length("bytes") BETWEEN 1 AND 700000);
-- Pictures are compressed already.
ALTER TABLE "dispute_files" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
-- Forgotten in their time, never changed.
CREATE TRIGGER "dispute_files_stay" BEFORE UPDATE ON "dispute_files" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
