-- The public log: entries, the tree above them, its signed heads.
CREATE TABLE "log_identity" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "origin" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_identity_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "log_waiting" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "lease_id" TEXT,
    "sequence" INTEGER,
    "machine_id" TEXT,
    "reference" TEXT,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "log_waiting_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "log_entries" (
    "index" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "entry" BYTEA NOT NULL,
    "salt" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "lease_id" TEXT,
    "sequence" INTEGER,
    "machine_id" TEXT,
    "payload" TEXT,
    "signature" TEXT,
    "logged_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_entries_pkey" PRIMARY KEY ("index")
);
CREATE UNIQUE INDEX "log_entries_entry_key" ON "log_entries"("entry");
CREATE UNIQUE INDEX "log_entries_subject_key" ON "log_entries"("subject");
CREATE INDEX "log_entries_lease_id_kind_sequence_idx" ON "log_entries"("lease_id", "kind", "sequence");
CREATE INDEX "log_entries_machine_id_idx" ON "log_entries"("machine_id");
CREATE TABLE "log_subtrees" (
    "level" SMALLINT NOT NULL,
    "index" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,

    CONSTRAINT "log_subtrees_pkey" PRIMARY KEY ("level","index")
);
CREATE TABLE "log_checkpoints" (
    "size" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,
    "frontier" BYTEA NOT NULL,
    "note" TEXT NOT NULL,
    "signed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_checkpoints_pkey" PRIMARY KEY ("size")
);
CREATE TABLE "log_witnesses" (
    "machine_id" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "problem" TEXT,
    "refused" TEXT,
    "problem_at" TIMESTAMPTZ(3),

    CONSTRAINT "log_witnesses_pkey" PRIMARY KEY ("machine_id")
);

ALTER TABLE "log_identity" ADD CONSTRAINT "log_identity_one" CHECK ("id" = 1);
ALTER TABLE "log_waiting" ADD CONSTRAINT "log_waiting_kind" CHECK ("kind" IN ('key', 'terms', 'statement', 'credit'));
ALTER TABLE "log_entries" ADD CONSTRAINT "log_entries_kind" CHECK ("kind" IN ('key', 'terms', 'statement', 'credit'));
ALTER TABLE "log_entries" ADD CONSTRAINT "log_entries_shape" CHECK (
  "index" >= 0 AND octet_length("entry") = 32 AND length("salt") = CASE "kind" WHEN 'key' THEN 0 ELSE 22 END);
ALTER TABLE "log_subtrees" ADD CONSTRAINT "log_subtrees_shape" CHECK ("level" >= 1 AND "index" >= 0 AND octet_length("root") = 32);
ALTER TABLE "log_checkpoints" ADD CONSTRAINT "log_checkpoints_shape" CHECK (
  "size" >= 1 AND octet_length("root") = 32 AND octet_length("frontier") % 32 = 0 AND octet_length("frontier") > 0);

-- What is logged stays as it is.
CREATE TRIGGER "log_identity_stays" BEFORE UPDATE OR DELETE ON "log_identity" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "log_entries_stay" BEFORE UPDATE OR DELETE ON "log_entries" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "log_subtrees_stay" BEFORE UPDATE OR DELETE ON "log_subtrees" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "log_checkpoints_stay" BEFORE UPDATE OR DELETE ON "log_checkpoints" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "log_identity_not_emptied" BEFORE TRUNCATE ON "log_identity" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "log_entries_not_emptied" BEFORE TRUNCATE ON "log_entries" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "log_subtrees_not_emptied" BEFORE TRUNCATE ON "log_subtrees" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "log_checkpoints_not_emptied" BEFORE TRUNCATE ON "log_checkpoints" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();

-- Places are dense, and entries and their signed head become true together: a head for exactly these entries is there
-- before them, and when the transaction commits it must have got them.
CREATE FUNCTION "guard_log_entries"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "lowest" bigint;
  "highest" bigint;
  "many" bigint;
BEGIN
  SELECT min("index"), max("index"), count(*) INTO "lowest", "highest", "many" FROM "added";
  IF "many" = 0 THEN
    RETURN NULL;
  END IF;
  IF "highest" - "lowest" + 1 <> "many"
    OR "lowest" <> (SELECT coalesce(max("index") + 1, 0) FROM "log_entries" WHERE "index" < "lowest") THEN
    RAISE EXCEPTION 'places in the log are dense' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF "highest" + 1 IS DISTINCT FROM (SELECT max("size") FROM "log_checkpoints") THEN
    RAISE EXCEPTION 'entries of the log come with a signed head' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "log_entries_guard" AFTER INSERT ON "log_entries"
  REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "guard_log_entries"();

CREATE FUNCTION "guard_log_checkpoint"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."size" IS DISTINCT FROM (SELECT max("index") + 1 FROM "log_entries") THEN
    RAISE EXCEPTION 'a signed head is of the entries that are there' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "log_checkpoints_guard" AFTER INSERT ON "log_checkpoints"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "guard_log_checkpoint"();

-- Nothing that must be logged is stored without waiting for it.
CREATE FUNCTION "await_log_of_statements"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "log_waiting" ("kind", "lease_id", "sequence")
    SELECT 'statement', "lease_id", "sequence" FROM "added" ORDER BY "lease_id", "sequence";
  RETURN NULL;
END $$;
CREATE TRIGGER "statements_await_log" AFTER INSERT ON "statements"
  REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "await_log_of_statements"();

CREATE FUNCTION "await_log_of_leases"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "log_waiting" ("kind", "lease_id") SELECT 'terms', "id" FROM "added" ORDER BY "id";
  RETURN NULL;
END $$;
CREATE TRIGGER "leases_await_log" AFTER INSERT ON "leases"
  REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "await_log_of_leases"();

CREATE FUNCTION "await_log_of_key"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "log_waiting" ("kind", "machine_id", "reference") VALUES ('key', NEW."id", NEW."signing_key");
  RETURN NULL;
END $$;
CREATE TRIGGER "machines_await_log" AFTER INSERT ON "machines" FOR EACH ROW EXECUTE FUNCTION "await_log_of_key"();
CREATE TRIGGER "machines_await_log_again" AFTER UPDATE OF "signing_key" ON "machines" FOR EACH ROW
  WHEN (OLD."signing_key" IS DISTINCT FROM NEW."signing_key") EXECUTE FUNCTION "await_log_of_key"();

-- The parts that host and platform give back of one refund are one credit.
CREATE FUNCTION "await_log_of_credits"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "log_waiting" ("kind", "reference")
    SELECT DISTINCT 'credit', regexp_replace("idempotency_key", ':(host|fee)$', '') FROM "added"
    WHERE "kind" IN ('refund', 'feeRefund') AND "booking_id" IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER "transfers_await_log" AFTER INSERT ON "transfers"
  REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "await_log_of_credits"();

-- What was stored before there was a log.
INSERT INTO "log_waiting" ("kind", "machine_id", "reference") SELECT 'key', "id", "signing_key" FROM "machines" ORDER BY "id";
INSERT INTO "log_waiting" ("kind", "lease_id") SELECT 'terms', "id" FROM "leases" ORDER BY "id";
INSERT INTO "log_waiting" ("kind", "lease_id", "sequence") SELECT 'statement', "lease_id", "sequence" FROM "statements" ORDER BY "lease_id", "sequence";
INSERT INTO "log_waiting" ("kind", "reference")
  SELECT DISTINCT 'credit', regexp_replace("idempotency_key", ':(host|fee)$', '') FROM "transfers"
  WHERE "kind" IN ('refund', 'feeRefund') AND "booking_id" IS NOT NULL;
