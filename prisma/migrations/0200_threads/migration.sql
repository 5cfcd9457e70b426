-- What renter and host of a booking write to each other. A message never changes; a sweep forgets it when nobody needs it any more.
CREATE TABLE "messages" (
    "id" TEXT NOT NULL,
    "booking_id" TEXT NOT NULL,
    "author_id" TEXT NOT NULL,
    "side" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "messages_author_id_idempotency_key_key" ON "messages"("author_id", "idempotency_key");
CREATE INDEX "messages_booking_id_id_idx" ON "messages"("booking_id", "id");
ALTER TABLE "messages" ADD CONSTRAINT "messages_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "messages" ADD CONSTRAINT "messages_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "messages" ADD CONSTRAINT "messages_side" CHECK ("side" IN ('renter', 'host'));
ALTER TABLE "messages" ADD CONSTRAINT "messages_text" CHECK (char_length("text") BETWEEN 1 AND 2000 AND "text" ~ '\S');
CREATE TRIGGER "messages_stay" BEFORE UPDATE ON "messages" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();

-- Only renter and host of a booking write in its thread, each as what they are.
CREATE FUNCTION "message_of_a_side"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM "bookings" b WHERE b."id" = NEW."booking_id"
      AND NEW."author_id" = CASE NEW."side" WHEN 'renter' THEN b."renter_id" ELSE b."host_id" END
  ) THEN
    RAISE EXCEPTION 'messages_of_a_side: % is not the % of %', NEW."author_id", NEW."side", NEW."booking_id";
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "messages_of_a_side" BEFORE INSERT ON "messages" FOR EACH ROW EXECUTE FUNCTION "message_of_a_side"();

-- How far one side has read, and when it was last told by mail that it has not.
CREATE TABLE "thread_sides" (
    "booking_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "read_up_to" TEXT NOT NULL DEFAULT '',
    "told_at" TIMESTAMPTZ(3),
    "mailed_at" TIMESTAMPTZ(3),

    CONSTRAINT "thread_sides_pkey" PRIMARY KEY ("booking_id", "user_id")
);
CREATE INDEX "thread_sides_user_id_idx" ON "thread_sides"("user_id");
ALTER TABLE "thread_sides" ADD CONSTRAINT "thread_sides_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "thread_sides" ADD CONSTRAINT "thread_sides_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Somebody shows staff one message of the other side. Its words are copied: they outlive the message.
CREATE TABLE "message_reports" (
    "id" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "booking_id" TEXT NOT NULL,
    "author_id" TEXT NOT NULL,
    "reporter_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "reported_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "closed_by_id" TEXT,
    "outcome" TEXT,

    CONSTRAINT "message_reports_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "message_reports_message_id_key" ON "message_reports"("message_id");
CREATE INDEX "message_reports_closed_at_id_idx" ON "message_reports"("closed_at", "id");
ALTER TABLE "message_reports" ADD CONSTRAINT "message_reports_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "message_reports" ADD CONSTRAINT "message_reports_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "message_reports" ADD CONSTRAINT "message_reports_reporter_id_fkey" FOREIGN KEY ("reporter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "message_reports" ADD CONSTRAINT "message_reports_closed_by_id_fkey" FOREIGN KEY ("closed_by_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "message_reports" ADD CONSTRAINT "message_reports_others" CHECK ("author_id" <> "reporter_id");
ALTER TABLE "message_reports" ADD CONSTRAINT "message_reports_closed_whole" CHECK (num_nonnulls("closed_at", "closed_by_id", "outcome") IN (0, 3));
CREATE TRIGGER "message_reports_closed_stay" BEFORE UPDATE ON "message_reports" FOR EACH ROW WHEN (OLD."closed_at" IS NOT NULL) EXECUTE FUNCTION "refuse_rewrite"();
