-- Searches that a renter keeps under a name, and what they want to be told of.
CREATE TABLE "saved_searches" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "tells_new" BOOLEAN NOT NULL,
    "below_micros_per_gpu_hour" BIGINT,
    "every_seconds" INTEGER NOT NULL,
    "by_mail" BOOLEAN NOT NULL,
    "seen_listing_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "below_listing_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "told_at" TIMESTAMPTZ(3),
    "looked_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "saved_searches_pkey" PRIMARY KEY ("id")
);
-- A name says which one is meant.
CREATE UNIQUE INDEX "saved_searches_owner_id_name_key" ON "saved_searches"("owner_id", "name");
CREATE INDEX "saved_searches_looked_at_idx" ON "saved_searches"("looked_at");
ALTER TABLE "saved_searches" ADD CONSTRAINT "saved_searches_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "saved_searches" ADD CONSTRAINT "saved_searches_whole" CHECK ("name" <> '' AND char_length("query") <= 4000
  AND ("below_micros_per_gpu_hour" IS NULL OR "below_micros_per_gpu_hour" > 0)
  AND "every_seconds" IN (3600, 86400, 604800)
  AND cardinality("seen_listing_ids") <= 2000 AND cardinality("below_listing_ids") <= 2000);

-- Whoever says it twice in one interval says it to nobody: at most one notice an interval, whatever the sweep does.
CREATE FUNCTION "refuse_told_too_often"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'saved_searches_told_once: search % was told of at %', OLD."id", OLD."told_at" USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER "saved_searches_told_once" BEFORE UPDATE OF "told_at" ON "saved_searches" FOR EACH ROW
  WHEN (NEW."told_at" IS DISTINCT FROM OLD."told_at" AND NEW."told_at" < OLD."told_at" + make_interval(secs => least(OLD."every_seconds", NEW."every_seconds")))
  EXECUTE FUNCTION "refuse_told_too_often"();
