-- Terminals in pages: each has a key of its own, made in a browser, that its rental lets in while the terminal is open.
CREATE TABLE "terminals" (
    "id" TEXT NOT NULL,
    "booking_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "ticket_hash" TEXT NOT NULL,
    "ticket_until" TIMESTAMPTZ(3) NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "attached_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    "key_until" TIMESTAMPTZ(3) NOT NULL,
    "key_gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "terminals_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "terminals_ticket_hash_key" ON "terminals"("ticket_hash");
CREATE INDEX "terminals_booking_id_id_idx" ON "terminals"("booking_id", "id");
CREATE INDEX "terminals_key_gone_at_key_until_idx" ON "terminals"("key_gone_at", "key_until");
ALTER TABLE "terminals" ADD CONSTRAINT "terminals_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "terminals" ADD CONSTRAINT "terminals_key" CHECK ("public_key" ~ '^ssh-ed25519 [A-Za-z0-9+/]{68}$');
ALTER TABLE "terminals" ADD CONSTRAINT "terminals_seen" CHECK (("attached_at" IS NULL) = ("seen_at" IS NULL));
ALTER TABLE "terminals" ADD CONSTRAINT "terminals_ended" CHECK (("ended_at" IS NULL) = ("end_reason" IS NULL));

-- Bookings whose renter wants no terminals in pages: for good.
CREATE TABLE "terminal_locks" (
    "booking_id" TEXT NOT NULL,
    "locked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "terminal_locks_pkey" PRIMARY KEY ("booking_id")
);
ALTER TABLE "terminal_locks" ADD CONSTRAINT "terminal_locks_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE TRIGGER "terminal_locks_stay" BEFORE UPDATE OR DELETE ON "terminal_locks" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
