-- CreateSchema


-- CreateTable
CREATE TABLE "enrolment_codes" (
    "id" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "code_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "machine_id" TEXT,

    CONSTRAINT "enrolment_codes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_challenges" (
    "nonce" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_challenges_pkey" PRIMARY KEY ("nonce")
);

-- CreateTable
CREATE TABLE "agent_sessions" (
    "id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "boot_id" TEXT NOT NULL,
    "agent_version" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "superseded_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'member',
    "email_confirmed_at" TIMESTAMPTZ(3),
    "terms_version" TEXT NOT NULL,
    "terms_accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "suspended_at" TIMESTAMPTZ(3),
    "suspended_reason" TEXT,
    "demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "token_hash" TEXT,
    "label" TEXT NOT NULL,
    "ip" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "email_tokens" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "email_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ssh_keys" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ssh_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "quotes" (
    "id" TEXT NOT NULL,
    "renter_id" TEXT NOT NULL,
    "listing_id" TEXT NOT NULL,
    "gpu_count" INTEGER NOT NULL,
    "disk_bytes" BIGINT NOT NULL,
    "duration_seconds" INTEGER,
    "terms" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "quotes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bookings" (
    "id" TEXT NOT NULL,
    "quote_id" TEXT NOT NULL,
    "renter_id" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "listing_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "image" TEXT NOT NULL,
    "command" JSONB,
    "sealed_environment" TEXT,
    "terms" JSONB NOT NULL,
    "cap_micros" BIGINT,
    "idempotency_key" TEXT NOT NULL,
    "desired" TEXT NOT NULL,
    "observed" TEXT NOT NULL,
    "billable" TEXT NOT NULL,
    "reason" TEXT,
    "reason_detail" TEXT,
    "run" INTEGER NOT NULL DEFAULT 1,
    "progress" JSONB,
    "host_key" TEXT,
    "gateway_name" TEXT,
    "gateway_port" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "observed_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "disk_until" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "warned_seconds" INTEGER,

    CONSTRAINT "bookings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "allocations" (
    "id" TEXT NOT NULL,
    "booking_id" TEXT NOT NULL,
    "gpu_id" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "connectable_at" TIMESTAMPTZ(3),
    "billable_from" TIMESTAMPTZ(3),
    "billable_until" TIMESTAMPTZ(3),

    CONSTRAINT "allocations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "log_chunks" (
    "booking_id" TEXT NOT NULL,
    "offset" BIGINT NOT NULL,
    "stream" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_chunks_pkey" PRIMARY KEY ("booking_id","offset")
);

-- CreateTable
CREATE TABLE "machines" (
    "id" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "region" TEXT,
    "country" TEXT,
    "signing_key" TEXT NOT NULL,
    "sealing_key" TEXT NOT NULL,
    "agent_version" TEXT NOT NULL,
    "simulated" BOOLEAN NOT NULL,
    "specification" JSONB NOT NULL,
    "self_test" JSONB,
    "self_tested_at" TIMESTAMPTZ(3),
    "self_test_passed" BOOLEAN NOT NULL DEFAULT false,
    "staff_checked_at" TIMESTAMPTZ(3),
    "staff_checked_by" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "last_sync_at" TIMESTAMPTZ(3),
    "clock_drift_ms" INTEGER,
    "identity_copied_at" TIMESTAMPTZ(3),
    "enrolled_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "machines_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gpus" (
    "id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "uuid" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "model" TEXT NOT NULL,
    "vram_bytes" BIGINT NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "gpus_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "listings" (
    "id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "price_micros_per_gpu_hour" BIGINT NOT NULL,
    "disk_price_micros_per_gib_month" BIGINT NOT NULL,
    "min_gpus" INTEGER NOT NULL DEFAULT 1,
    "ends_at" TIMESTAMPTZ(3),
    "published_at" TIMESTAMPTZ(3),
    "approved_at" TIMESTAMPTZ(3),
    "suspended_at" TIMESTAMPTZ(3),
    "suspended_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "listings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "offers" (
    "id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),

    CONSTRAINT "offers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "silences" (
    "id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),

    CONSTRAINT "silences_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "renter_blocks" (
    "id" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "renter_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "renter_blocks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "leases" (
    "id" TEXT NOT NULL,
    "booking_id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "permit" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "ceiling_micros" BIGINT NOT NULL,
    "hold_id" TEXT NOT NULL,
    "held_micros" BIGINT NOT NULL,
    "gpu_seconds" BIGINT NOT NULL DEFAULT 0,
    "disk_byte_seconds" DECIMAL(40,0) NOT NULL DEFAULT 0,
    "charged_micros" BIGINT NOT NULL DEFAULT 0,
    "fee_micros" BIGINT NOT NULL DEFAULT 0,
    "credited_micros" BIGINT NOT NULL DEFAULT 0,
    "refunded_micros" BIGINT NOT NULL DEFAULT 0,
    "statement_sequence" INTEGER NOT NULL DEFAULT -1,
    "statement_hash" TEXT NOT NULL,
    "billed_until" TIMESTAMPTZ(3),
    "billable_until" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "leases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "statements" (
    "lease_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "payload" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "gpu_seconds" INTEGER NOT NULL,
    "disk_byte_seconds" DECIMAL(40,0) NOT NULL,
    "billed_gpu_seconds" INTEGER NOT NULL,
    "billed_disk_byte_seconds" DECIMAL(40,0) NOT NULL,
    "charged_micros" BIGINT NOT NULL,
    "unbilled_reason" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "statements_pkey" PRIMARY KEY ("lease_id","sequence")
);

-- CreateTable
CREATE TABLE "gateway_ports" (
    "gateway_name" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "booking_id" TEXT NOT NULL,

    CONSTRAINT "gateway_ports_pkey" PRIMARY KEY ("gateway_name","port")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "owner_id" TEXT,
    "balance_micros" BIGINT NOT NULL DEFAULT 0,
    "floor_micros" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transfers" (
    "id" TEXT NOT NULL,
    "debit_account_id" TEXT NOT NULL,
    "credit_account_id" TEXT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "booking_id" TEXT,
    "top_up_id" TEXT,
    "hold_id" TEXT,
    "reason" TEXT,
    "idempotency_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "transfers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "top_ups" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "provider" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "top_ups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "user_id" TEXT,
    "booking_id" TEXT,
    "machine_id" TEXT,
    "listing_id" TEXT,
    "reason" TEXT,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unnoticed_events" (
    "event_id" BIGINT NOT NULL,

    CONSTRAINT "unnoticed_events_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "notices" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "link" TEXT,
    "event_id" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mails" (
    "id" TEXT NOT NULL,
    "to_address" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "sent_via" TEXT,
    "gave_up_at" TIMESTAMPTZ(3),

    CONSTRAINT "mails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "beats" (
    "name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "back_at" TIMESTAMPTZ(3),

    CONSTRAINT "beats_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "settings" (
    "name" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_codes_code_hash_key" ON "enrolment_codes"("code_hash");

-- CreateIndex
CREATE INDEX "enrolment_codes_host_id_idx" ON "enrolment_codes"("host_id");

-- CreateIndex
CREATE INDEX "agent_challenges_expires_at_idx" ON "agent_challenges"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "agent_sessions_token_hash_key" ON "agent_sessions"("token_hash");

-- CreateIndex
CREATE INDEX "agent_sessions_machine_id_idx" ON "agent_sessions"("machine_id");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_token_hash_key" ON "sessions"("token_hash");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "email_tokens_token_hash_key" ON "email_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "email_tokens_user_id_idx" ON "email_tokens"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "ssh_keys_user_id_fingerprint_key" ON "ssh_keys"("user_id", "fingerprint");

-- CreateIndex
CREATE INDEX "rate_limits_expires_at_idx" ON "rate_limits"("expires_at");

-- CreateIndex
CREATE INDEX "quotes_renter_id_idx" ON "quotes"("renter_id");

-- CreateIndex
CREATE UNIQUE INDEX "bookings_quote_id_key" ON "bookings"("quote_id");

-- CreateIndex
CREATE INDEX "bookings_renter_id_id_idx" ON "bookings"("renter_id", "id");

-- CreateIndex
CREATE INDEX "bookings_host_id_id_idx" ON "bookings"("host_id", "id");

-- CreateIndex
CREATE INDEX "bookings_machine_id_idx" ON "bookings"("machine_id");

-- CreateIndex
CREATE INDEX "bookings_desired_observed_idx" ON "bookings"("desired", "observed");

-- CreateIndex
CREATE UNIQUE INDEX "bookings_renter_id_idempotency_key_key" ON "bookings"("renter_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "allocations_booking_id_idx" ON "allocations"("booking_id");

-- CreateIndex
CREATE UNIQUE INDEX "machines_signing_key_key" ON "machines"("signing_key");

-- CreateIndex
CREATE INDEX "machines_host_id_idx" ON "machines"("host_id");

-- CreateIndex
CREATE INDEX "gpus_machine_id_idx" ON "gpus"("machine_id");

-- CreateIndex
CREATE UNIQUE INDEX "listings_machine_id_key" ON "listings"("machine_id");

-- CreateIndex
CREATE INDEX "listings_host_id_idx" ON "listings"("host_id");

-- CreateIndex
CREATE INDEX "listings_state_idx" ON "listings"("state");

-- CreateIndex
CREATE INDEX "offers_machine_id_idx" ON "offers"("machine_id");

-- CreateIndex
CREATE INDEX "silences_machine_id_idx" ON "silences"("machine_id");

-- CreateIndex
CREATE UNIQUE INDEX "renter_blocks_host_id_renter_id_key" ON "renter_blocks"("host_id", "renter_id");

-- CreateIndex
CREATE UNIQUE INDEX "leases_booking_id_key" ON "leases"("booking_id");

-- CreateIndex
CREATE INDEX "leases_machine_id_idx" ON "leases"("machine_id");

-- CreateIndex
CREATE UNIQUE INDEX "statements_hash_key" ON "statements"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "gateway_ports_booking_id_key" ON "gateway_ports"("booking_id");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_kind_owner_id_key" ON "accounts"("kind", "owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "transfers_idempotency_key_key" ON "transfers"("idempotency_key");

-- CreateIndex
CREATE INDEX "transfers_debit_account_id_id_idx" ON "transfers"("debit_account_id", "id");

-- CreateIndex
CREATE INDEX "transfers_credit_account_id_id_idx" ON "transfers"("credit_account_id", "id");

-- CreateIndex
CREATE INDEX "transfers_booking_id_idx" ON "transfers"("booking_id");

-- CreateIndex
CREATE INDEX "transfers_hold_id_idx" ON "transfers"("hold_id");

-- CreateIndex
CREATE UNIQUE INDEX "top_ups_user_id_idempotency_key_key" ON "top_ups"("user_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "events_booking_id_id_idx" ON "events"("booking_id", "id");

-- CreateIndex
CREATE INDEX "events_machine_id_id_idx" ON "events"("machine_id", "id");

-- CreateIndex
CREATE INDEX "events_user_id_id_idx" ON "events"("user_id", "id");

-- CreateIndex
CREATE INDEX "events_actor_id_id_idx" ON "events"("actor_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "notices_user_id_event_id_key" ON "notices"("user_id", "event_id");

-- CreateIndex
CREATE INDEX "notices_user_id_id_idx" ON "notices"("user_id", "id");

-- CreateIndex
CREATE INDEX "mails_sent_at_next_try_at_idx" ON "mails"("sent_at", "next_try_at");

-- AddForeignKey
ALTER TABLE "enrolment_codes" ADD CONSTRAINT "enrolment_codes_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_sessions" ADD CONSTRAINT "agent_sessions_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "email_tokens" ADD CONSTRAINT "email_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ssh_keys" ADD CONSTRAINT "ssh_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_renter_id_fkey" FOREIGN KEY ("renter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_quote_id_fkey" FOREIGN KEY ("quote_id") REFERENCES "quotes"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_renter_id_fkey" FOREIGN KEY ("renter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_gpu_id_fkey" FOREIGN KEY ("gpu_id") REFERENCES "gpus"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "log_chunks" ADD CONSTRAINT "log_chunks_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "machines" ADD CONSTRAINT "machines_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gpus" ADD CONSTRAINT "gpus_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "listings" ADD CONSTRAINT "listings_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "offers" ADD CONSTRAINT "offers_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "silences" ADD CONSTRAINT "silences_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "renter_blocks" ADD CONSTRAINT "renter_blocks_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "renter_blocks" ADD CONSTRAINT "renter_blocks_renter_id_fkey" FOREIGN KEY ("renter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "leases" ADD CONSTRAINT "leases_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "leases" ADD CONSTRAINT "leases_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "statements" ADD CONSTRAINT "statements_lease_id_fkey" FOREIGN KEY ("lease_id") REFERENCES "leases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_debit_account_id_fkey" FOREIGN KEY ("debit_account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_credit_account_id_fkey" FOREIGN KEY ("credit_account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "top_ups" ADD CONSTRAINT "top_ups_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notices" ADD CONSTRAINT "notices_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema cannot say. Each of these has a test that attacks it (tests/commands/constraints.test.ts).
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- A GPU cannot be booked twice.
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_no_overlap"
  EXCLUDE USING gist ("gpu_id" WITH =, tstzrange("starts_at", "ends_at") WITH &&);
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_forward" CHECK ("ends_at" >= "starts_at");

-- One GPU is enrolled on one machine at a time.
CREATE UNIQUE INDEX "gpus_uuid_present" ON "gpus" ("uuid") WHERE "removed_at" IS NULL;

-- Money: positive amounts between two accounts, floors, nothing rewritten.
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_positive" CHECK ("amount_micros" > 0);
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_two_accounts" CHECK ("debit_account_id" <> "credit_account_id");
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_floor" CHECK ("floor_micros" IS NULL OR "balance_micros" >= "floor_micros");
CREATE UNIQUE INDEX "accounts_of_the_market" ON "accounts" ("kind") WHERE "owner_id" IS NULL;

-- Balances follow transfers, one statement at a time, in the order of account ids so that two writers never deadlock.
CREATE FUNCTION "move_balances"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM "accounts" WHERE "id" IN (
    SELECT "debit_account_id" FROM "moved" UNION SELECT "credit_account_id" FROM "moved"
  ) ORDER BY "id" FOR NO KEY UPDATE;
  UPDATE "accounts" SET "balance_micros" = "balance_micros" + "delta"."amount" FROM (
    SELECT "account_id", sum("amount")::bigint AS "amount" FROM (
      SELECT "debit_account_id" AS "account_id", -"amount_micros" AS "amount" FROM "moved"
      UNION ALL
      SELECT "credit_account_id", "amount_micros" FROM "moved"
    ) AS "legs" GROUP BY "account_id"
  ) AS "delta" WHERE "accounts"."id" = "delta"."account_id";
  RETURN NULL;
END $$;
CREATE TRIGGER "transfers_move_balances" AFTER INSERT ON "transfers"
  REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "move_balances"();

-- A balance moves by a transfer and by nothing else.
CREATE FUNCTION "refuse_rewrite"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION "guard_balance"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW."balance_micros" <> 0 THEN
    RAISE EXCEPTION 'an account begins at zero' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW."balance_micros" <> OLD."balance_micros" AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a balance moves by a transfer only' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "accounts_guard_balance" BEFORE INSERT OR UPDATE ON "accounts" FOR EACH ROW EXECUTE FUNCTION "guard_balance"();
CREATE TRIGGER "accounts_stay" BEFORE DELETE ON "accounts" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "transfers_stay" BEFORE UPDATE OR DELETE ON "transfers" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "events_stay" BEFORE UPDATE OR DELETE ON "events" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "statements_stay" BEFORE UPDATE OR DELETE ON "statements" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "transfers_not_emptied" BEFORE TRUNCATE ON "transfers" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "events_not_emptied" BEFORE TRUNCATE ON "events" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "statements_not_emptied" BEFORE TRUNCATE ON "statements" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();

-- Words that are states.
ALTER TABLE "users" ADD CONSTRAINT "users_role" CHECK ("role" IN ('member', 'admin'));
ALTER TABLE "listings" ADD CONSTRAINT "listings_state" CHECK ("state" IN ('draft', 'published', 'withdrawn'));
ALTER TABLE "listings" ADD CONSTRAINT "listings_prices" CHECK ("price_micros_per_gpu_hour" > 0 AND "disk_price_micros_per_gib_month" >= 0 AND "min_gpus" >= 1);
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_desired" CHECK ("desired" IN ('running', 'stopped', 'ended'));
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_observed" CHECK ("observed" IN ('held', 'accepted', 'pulling', 'starting', 'connectable', 'stopping', 'stopped', 'failed', 'ended'));
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_billable" CHECK ("billable" IN ('nothing', 'gpuAndDisk', 'disk'));
ALTER TABLE "leases" ADD CONSTRAINT "leases_never_over" CHECK ("charged_micros" = "fee_micros" + "credited_micros" AND "held_micros" >= 0 AND "charged_micros" >= "refunded_micros");
ALTER TABLE "statements" ADD CONSTRAINT "statements_billed_within" CHECK ("billed_gpu_seconds" BETWEEN 0 AND "gpu_seconds" AND "billed_disk_byte_seconds" BETWEEN 0 AND "disk_byte_seconds");
