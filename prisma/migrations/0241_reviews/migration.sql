-- What renter and host say of each other after a rental. Hidden until both wrote or fourteen days passed since its end.
CREATE TABLE "reviews" (
    "id" TEXT NOT NULL,
    "booking_id" TEXT NOT NULL,
    "side" TEXT NOT NULL,
    "author_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "listing_id" TEXT NOT NULL,
    "as_described" SMALLINT,
    "start_up" SMALLINT,
    "stability" SMALLINT,
    "network" SMALLINT,
    "support" SMALLINT,
    "value" SMALLINT,
    "conduct" SMALLINT,
    "reason" TEXT,
    "text" TEXT NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL,
    "edited_at" TIMESTAMPTZ(3) NOT NULL,
    "reveal_at" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3),
    "reply" TEXT,
    "replied_at" TIMESTAMPTZ(3),
    "hidden_at" TIMESTAMPTZ(3),
    "hidden_reason" TEXT,
    "hidden_by_id" TEXT,

    CONSTRAINT "reviews_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "reviews_booking_id_side_key" ON "reviews"("booking_id", "side");
CREATE INDEX "reviews_subject_id_side_reveal_at_idx" ON "reviews"("subject_id", "side", "reveal_at");
CREATE INDEX "reviews_listing_id_side_reveal_at_idx" ON "reviews"("listing_id", "side", "reveal_at");
CREATE INDEX "reviews_author_id_id_idx" ON "reviews"("author_id", "id");
CREATE INDEX "reviews_untold_idx" ON "reviews"("reveal_at") WHERE "told_at" IS NULL;
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_hidden_by_id_fkey" FOREIGN KEY ("hidden_by_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A renter scores six things, a host one; each from 1 to 5.
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_scores" CHECK (CASE "side"
  WHEN 'renter' THEN num_nulls("as_described", "start_up", "stability", "network", "support", "value") = 0 AND "conduct" IS NULL
    AND least("as_described", "start_up", "stability", "network", "support", "value") >= 1
    AND greatest("as_described", "start_up", "stability", "network", "support", "value") <= 5
  WHEN 'host' THEN num_nonnulls("as_described", "start_up", "stability", "network", "support", "value") = 0
    AND "conduct" IS NOT NULL AND "conduct" BETWEEN 1 AND 5
  ELSE false END);
-- Who gives a low score says why.
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_low_has_reason" CHECK (
  least("as_described", "start_up", "stability", "network", "support", "value", "conduct") > 2 OR coalesce("reason", '') <> '');
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_not_of_oneself" CHECK ("author_id" <> "subject_id");
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_clock" CHECK ("written_at" <= "edited_at" AND "edited_at" <= "reveal_at");
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_reply" CHECK (num_nulls("reply", "replied_at") IN (0, 2)
  AND ("replied_at" IS NULL OR ("replied_at" >= "reveal_at" AND "replied_at" < "reveal_at" + interval '30 days')));
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_hidden_whole" CHECK (num_nulls("hidden_at", "hidden_reason", "hidden_by_id") IN (0, 3));

-- What is revealed stays as it was; what was replied, too; and no review is shown later than it was going to be.
CREATE FUNCTION "guard_reviews"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."booking_id", NEW."side", NEW."author_id", NEW."subject_id", NEW."machine_id", NEW."listing_id", NEW."written_at")
    IS DISTINCT FROM (OLD."booking_id", OLD."side", OLD."author_id", OLD."subject_id", OLD."machine_id", OLD."listing_id", OLD."written_at")
    OR NEW."reveal_at" > OLD."reveal_at" OR NEW."edited_at" < OLD."edited_at"
    OR (NEW."edited_at" >= OLD."reveal_at" AND NEW."edited_at" <> OLD."edited_at")
    OR (NEW."edited_at" = OLD."edited_at" AND (NEW."as_described", NEW."start_up", NEW."stability", NEW."network", NEW."support", NEW."value",
      NEW."conduct", NEW."reason", NEW."text") IS DISTINCT FROM (OLD."as_described", OLD."start_up", OLD."stability", OLD."network",
      OLD."support", OLD."value", OLD."conduct", OLD."reason", OLD."text"))
    OR (OLD."reply" IS NOT NULL AND (NEW."reply", NEW."replied_at") IS DISTINCT FROM (OLD."reply", OLD."replied_at"))
  THEN RAISE EXCEPTION 'reviews_stay: a review that is shown, and its reply, stay as they are' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "reviews_stay" BEFORE UPDATE ON "reviews" FOR EACH ROW EXECUTE FUNCTION "guard_reviews"();
CREATE TRIGGER "reviews_not_deleted" BEFORE DELETE ON "reviews" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "reviews_not_emptied" BEFORE TRUNCATE ON "reviews" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
