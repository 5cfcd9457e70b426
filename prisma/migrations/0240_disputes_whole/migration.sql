-- A dispute is a conversation with turns and deadlines; what a window that was given back cost can be contested as well as use;
-- a booking can have several disputes, each about other money, one after the other.
ALTER TABLE "leases" ADD COLUMN "cancellation_refunded_micros" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "leases" ADD COLUMN "cancellation_disputed_micros" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "leases" ADD CONSTRAINT "leases_cancellation_never_over" CHECK (
  "cancellation_refunded_micros" >= 0 AND "cancellation_disputed_micros" >= 0
  AND "cancellation_micros" >= "cancellation_refunded_micros" + "cancellation_disputed_micros");

ALTER TABLE "disputes" DISABLE TRIGGER "disputes_decided_stay";
ALTER TABLE "disputes" ADD COLUMN "about" TEXT NOT NULL DEFAULT 'use';
ALTER TABLE "disputes" ALTER COLUMN "about" DROP DEFAULT;
ALTER TABLE "disputes" ADD COLUMN "turn" TEXT;
ALTER TABLE "disputes" ADD COLUMN "asked_micros" BIGINT;
ALTER TABLE "disputes" ADD COLUMN "offered_micros" BIGINT;
ALTER TABLE "disputes" ADD COLUMN "proposed_micros" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "disputes" ALTER COLUMN "proposed_micros" DROP DEFAULT;
ALTER TABLE "disputes" ADD COLUMN "how" TEXT;
UPDATE "disputes" SET "asked_micros" = "amount_micros", "how" = CASE "state" WHEN 'decided' THEN 'admin' END,
  "turn" = CASE WHEN "state" = 'decided' THEN NULL WHEN "host_said_at" IS NULL THEN 'host' ELSE 'admin' END;
ALTER TABLE "disputes" ALTER COLUMN "asked_micros" SET NOT NULL;

CREATE TABLE "dispute_moves" (
    "dispute_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "side" TEXT NOT NULL,
    "actor_id" TEXT,
    "move" TEXT NOT NULL,
    "amount_micros" BIGINT,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dispute_moves_pkey" PRIMARY KEY ("dispute_id", "number")
);
CREATE TABLE "dispute_evidence" (
    "id" TEXT NOT NULL,
    "dispute_id" TEXT NOT NULL,
    "move_number" INTEGER NOT NULL,
    "side" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dispute_evidence_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "dispute_evidence_dispute_id_id_idx" ON "dispute_evidence"("dispute_id", "id");
ALTER TABLE "dispute_moves" ADD CONSTRAINT "dispute_moves_dispute_id_fkey" FOREIGN KEY ("dispute_id") REFERENCES "disputes"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "dispute_moves" ADD CONSTRAINT "dispute_moves_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "dispute_evidence" ADD CONSTRAINT "dispute_evidence_move_fkey" FOREIGN KEY ("dispute_id", "move_number") REFERENCES "dispute_moves"("dispute_id", "number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What was said before there were moves.
INSERT INTO "dispute_moves" SELECT "id", 0, 'renter', "renter_id", 'opened', "amount_micros", "reason", "opened_at" FROM "disputes";
INSERT INTO "dispute_moves" SELECT "id", 1, 'host', "host_id", 'answered', NULL, "host_says", "host_said_at" FROM "disputes" WHERE "host_says" IS NOT NULL;
INSERT INTO "dispute_moves" SELECT "id", 2, 'renter', "renter_id", 'said', NULL, "renter_says", "renter_said_at" FROM "disputes" WHERE "renter_says" IS NOT NULL;
INSERT INTO "dispute_moves" SELECT "id", 3, 'staff', "decided_by_id", 'decided', "given_micros", "decision", "decided_at" FROM "disputes" WHERE "state" = 'decided';
ALTER TABLE "disputes" DROP COLUMN "host_says";
ALTER TABLE "disputes" DROP COLUMN "renter_says";
ALTER TABLE "disputes" DROP COLUMN "renter_said_at";
ALTER TABLE "disputes" DROP COLUMN "due_told_at";
ALTER TABLE "disputes" ENABLE TRIGGER "disputes_decided_stay";

ALTER TABLE "disputes" DROP CONSTRAINT "disputes_decided_whole";
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_decided_whole" CHECK (CASE "state"
  WHEN 'open' THEN num_nonnulls("outcome", "given_micros", "decision", "decided_by_id", "decided_at", "how") = 0
    AND coalesce("turn" IN ('host', 'renter', 'admin'), false)
  WHEN 'decided' THEN num_nulls("outcome", "given_micros", "decision", "decided_at", "how") = 0 AND "turn" IS NULL
    AND ("decided_by_id" IS NOT NULL) = ("how" = 'admin')
  ELSE false END);
-- Each way in which a dispute ends fixes what it gives.
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_how" CHECK (CASE "how"
  WHEN 'admin' THEN true
  WHEN 'hostAccepted' THEN "given_micros" = "asked_micros"
  WHEN 'renterAccepted' THEN "given_micros" = coalesce("offered_micros", -1)
  WHEN 'silence' THEN "given_micros" = coalesce("offered_micros", 0)
  WHEN 'withdrawn' THEN "given_micros" = 0
  ELSE "how" IS NULL END);
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_talk" CHECK ("about" IN ('use', 'cancellation')
  AND "asked_micros" BETWEEN 1 AND "amount_micros" AND "proposed_micros" >= 0
  AND ("offered_micros" IS NULL OR ("offered_micros" >= 1 AND "offered_micros" < "asked_micros")));
ALTER TABLE "dispute_moves" ADD CONSTRAINT "dispute_moves_shape" CHECK ("number" >= 0 AND "side" IN ('renter', 'host', 'staff', 'market')
  AND ("side" = 'market') = ("actor_id" IS NULL) AND "text" <> ''
  AND coalesce(CASE "move"
    WHEN 'opened' THEN "number" = 0 AND "side" = 'renter' AND "amount_micros" > 0
    WHEN 'offered' THEN "side" = 'host' AND "amount_micros" > 0
    WHEN 'countered' THEN "side" = 'renter' AND "amount_micros" > 0
    WHEN 'accepted' THEN "side" IN ('renter', 'host') AND "amount_micros" > 0
    WHEN 'decided' THEN "side" = 'staff' AND "amount_micros" >= 0
    WHEN 'lapsed' THEN "side" = 'market'
    WHEN 'recorded' THEN "side" = 'market' AND "amount_micros" IS NULL
    WHEN 'answered' THEN "side" = 'host' AND "amount_micros" IS NULL
    WHEN 'withdrawn' THEN "side" = 'renter' AND "amount_micros" IS NULL
    WHEN 'said' THEN "side" IN ('renter', 'host') AND "amount_micros" IS NULL
    WHEN 'escalated' THEN "side" IN ('renter', 'host') AND "amount_micros" IS NULL
    ELSE false END, false));
-- The hash is of the very text: whoever holds one can tell whether the other was changed.
ALTER TABLE "dispute_evidence" ADD CONSTRAINT "dispute_evidence_shape" CHECK ("side" IN ('renter', 'host', 'market') AND "title" <> ''
  AND "hash" = encode(sha256(convert_to("payload", 'UTF8')), 'hex')
  AND ("side" = 'market') = ("kind" <> 'text') AND "kind" IN ('text', 'interruptions', 'statements', 'heartbeats', 'events', 'metrics', 'countersignature'));

-- One at a time about the same charge, and no money is contested twice.
DROP INDEX "disputes_booking_id_key";
CREATE INDEX "disputes_booking_id_idx" ON "disputes"("booking_id");
CREATE UNIQUE INDEX "disputes_one_open" ON "disputes"("booking_id", "about") WHERE "state" = 'open';
CREATE INDEX "disputes_turn_answer_until_idx" ON "disputes"("turn", "answer_until");
CREATE FUNCTION "guard_contested"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum("amount_micros") FROM "disputes" WHERE "booking_id" = NEW."booking_id" AND "about" = NEW."about") >
    (SELECT CASE NEW."about" WHEN 'use' THEN "charged_micros" ELSE "cancellation_micros" END FROM "leases" WHERE "booking_id" = NEW."booking_id")
  THEN RAISE EXCEPTION 'disputes_never_over: more is contested of % than was charged', NEW."booking_id" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "disputes_never_over" AFTER INSERT OR UPDATE OF "amount_micros", "about", "booking_id" ON "disputes"
  FOR EACH ROW EXECUTE FUNCTION "guard_contested"();

CREATE TRIGGER "dispute_moves_stay" BEFORE UPDATE OR DELETE ON "dispute_moves" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "dispute_moves_not_emptied" BEFORE TRUNCATE ON "dispute_moves" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "dispute_evidence_stay" BEFORE UPDATE OR DELETE ON "dispute_evidence" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "dispute_evidence_not_emptied" BEFORE TRUNCATE ON "dispute_evidence" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
