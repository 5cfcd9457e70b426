-- Keys of renters' clients, and what they agreed to.
CREATE TABLE "client_keys" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "client_keys_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "countersignatures" (
    "lease_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "permit" TEXT,
    "permit_signature" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "countersignatures_pkey" PRIMARY KEY ("lease_id")
);
CREATE UNIQUE INDEX "client_keys_key_key" ON "client_keys"("key");
CREATE INDEX "client_keys_user_id_idx" ON "client_keys"("user_id");
ALTER TABLE "client_keys" ADD CONSTRAINT "client_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "countersignatures" ADD CONSTRAINT "countersignatures_lease_id_fkey" FOREIGN KEY ("lease_id") REFERENCES "leases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "bookings" ADD COLUMN "client_keys" TEXT[] DEFAULT '{}';

ALTER TABLE "bookings" ADD CONSTRAINT "bookings_client_keys" CHECK ("client_keys" IS NOT NULL);
-- A raw Ed25519 key is 32 bytes, in base64url without padding.
ALTER TABLE "client_keys" ADD CONSTRAINT "client_keys_shape" CHECK ("key" ~ '^[A-Za-z0-9_-]{43}$');
-- What is agreed to is there, and a permit comes with its signature.
ALTER TABLE "countersignatures" ADD CONSTRAINT "countersignatures_statement_fkey"
  FOREIGN KEY ("lease_id", "sequence") REFERENCES "statements"("lease_id", "sequence");
ALTER TABLE "countersignatures" ADD CONSTRAINT "countersignatures_permit" CHECK (("permit" IS NULL) = ("permit_signature" IS NULL));

-- Whoever agreed to a statement agreed to all before it: one that goes further takes the place of one before, and none goes back.
CREATE FUNCTION "guard_countersignature"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."lease_id" <> OLD."lease_id" OR NEW."sequence" <= OLD."sequence" THEN
    RAISE EXCEPTION 'a countersignature is not taken back' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "countersignatures_go_on" BEFORE UPDATE ON "countersignatures" FOR EACH ROW EXECUTE FUNCTION "guard_countersignature"();
CREATE TRIGGER "countersignatures_stay" BEFORE DELETE ON "countersignatures" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "countersignatures_not_emptied" BEFORE TRUNCATE ON "countersignatures" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "bookings_client_keys_stay" BEFORE UPDATE OF "client_keys" ON "bookings" FOR EACH ROW
  WHEN (OLD."client_keys" IS DISTINCT FROM NEW."client_keys") EXECUTE FUNCTION "refuse_rewrite"();
