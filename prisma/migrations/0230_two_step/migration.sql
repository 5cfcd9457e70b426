-- The second step of signing in: a secret that an app makes codes of, sealed; the last code that was taken; and codes for a lost device, hashed.
CREATE TABLE "two_steps" (
    "user_id" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "last_step" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),

    CONSTRAINT "two_steps_pkey" PRIMARY KEY ("user_id"),
    -- Whoever confirms uses up the code they confirm with.
    CONSTRAINT "two_steps_confirmed_by_code" CHECK (("confirmed_at" IS NULL) = ("last_step" IS NULL)),
    CONSTRAINT "two_steps_sealed" CHECK ("secret" LIKE 'v1.%')
);
ALTER TABLE "two_steps" ADD CONSTRAINT "two_steps_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A code is taken once: its step of time never goes back.
CREATE FUNCTION "two_steps_forward"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."secret" = OLD."secret" AND OLD."last_step" IS NOT NULL AND (NEW."last_step" IS NULL OR NEW."last_step" < OLD."last_step") THEN
    RAISE EXCEPTION 'two_steps_forward: a code that was taken is not given back';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "two_steps_forward" BEFORE UPDATE ON "two_steps" FOR EACH ROW EXECUTE FUNCTION "two_steps_forward"();

CREATE TABLE "recovery_codes" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "code_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "recovery_codes_hashed" CHECK ("code_hash" ~ '^[0-9a-f]{64}$')
);
CREATE UNIQUE INDEX "recovery_codes_user_id_code_hash_key" ON "recovery_codes"("user_id", "code_hash");
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- When a session passed its second step, and when somebody last proved in it that it is they.
ALTER TABLE "sessions" ADD COLUMN "two_step_at" TIMESTAMPTZ(3), ADD COLUMN "proven_at" TIMESTAMPTZ(3);
-- A token that only looks.
ALTER TABLE "sessions" ADD COLUMN "read_only" BOOLEAN NOT NULL DEFAULT false;
-- "halfway": the password was right, the code is still to come; nobody acts by it.
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_kind" CHECK ("kind" IN ('browser', 'api', 'halfway'));
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_halfway_unproven" CHECK ("kind" <> 'halfway' OR ("two_step_at" IS NULL AND "proven_at" IS NULL AND "token_hash" IS NULL));
