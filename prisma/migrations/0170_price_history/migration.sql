-- Every price that a listing ever had. Written by the database itself, so that no command, script or person at a SQL prompt can
-- change a price without its being known.
CREATE TABLE "listing_prices" (
    "id" BIGSERIAL NOT NULL,
    "listing_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "price_micros_per_gpu_hour" BIGINT NOT NULL,

    CONSTRAINT "listing_prices_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "listing_prices_listing_id_since_id_idx" ON "listing_prices"("listing_id", "since", "id");
ALTER TABLE "listing_prices" ADD CONSTRAINT "listing_prices_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "listing_prices" ADD CONSTRAINT "listing_prices_positive" CHECK ("price_micros_per_gpu_hour" > 0);

-- What is known of earlier prices: each saving of terms was an event that says the price. The oldest price holds since the listing began.
INSERT INTO "listing_prices" ("listing_id", "since", "price_micros_per_gpu_hour")
SELECT "listing_id", "since", "price" FROM (
  SELECT l."id" AS "listing_id", e."id" AS "event_id", e."price",
    CASE WHEN e."turn" = 1 THEN least(l."created_at", e."created_at") ELSE e."created_at" END AS "since"
  FROM "listings" l JOIN (
    SELECT "listing_id", "id", "created_at", ("data"->>'priceMicrosPerGpuHour')::bigint AS "price",
      lag(("data"->>'priceMicrosPerGpuHour')::bigint) OVER (PARTITION BY "listing_id" ORDER BY "id") AS "before",
      row_number() OVER (PARTITION BY "listing_id" ORDER BY "id") AS "turn"
    FROM "events" WHERE "kind" = 'listing.saved' AND "data" ? 'priceMicrosPerGpuHour'
  ) e ON e."listing_id" = l."id" AND e."price" IS DISTINCT FROM e."before"
) known ORDER BY "listing_id", "event_id";
-- A price that no event says: the one that a listing has now.
INSERT INTO "listing_prices" ("listing_id", "since", "price_micros_per_gpu_hour")
SELECT l."id", CASE WHEN p."price" IS NULL THEN l."created_at" ELSE l."updated_at" END, l."price_micros_per_gpu_hour"
FROM "listings" l LEFT JOIN LATERAL (
  SELECT "price_micros_per_gpu_hour" AS "price" FROM "listing_prices" WHERE "listing_id" = l."id" ORDER BY "since" DESC, "id" DESC LIMIT 1
) p ON true WHERE p."price" IS DISTINCT FROM l."price_micros_per_gpu_hour" ORDER BY l."id";

CREATE FUNCTION "keep_first_prices"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "listing_prices" ("listing_id", "since", "price_micros_per_gpu_hour")
  SELECT "id", "updated_at", "price_micros_per_gpu_hour" FROM "added" ORDER BY "id";
  RETURN NULL;
END $$;
-- A change says its instant in updated_at; one that leaves it as it was happens now.
CREATE FUNCTION "keep_price"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "listing_prices" ("listing_id", "since", "price_micros_per_gpu_hour")
  VALUES (NEW."id", CASE WHEN NEW."updated_at" = OLD."updated_at" THEN now() ELSE NEW."updated_at" END, NEW."price_micros_per_gpu_hour");
  RETURN NULL;
END $$;
CREATE TRIGGER "listings_keep_first_price" AFTER INSERT ON "listings" REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "keep_first_prices"();
CREATE TRIGGER "listings_keep_price" AFTER UPDATE OF "price_micros_per_gpu_hour" ON "listings" FOR EACH ROW
  WHEN (OLD."price_micros_per_gpu_hour" IS DISTINCT FROM NEW."price_micros_per_gpu_hour") EXECUTE FUNCTION "keep_price"();
CREATE TRIGGER "listing_prices_stay" BEFORE UPDATE OR DELETE ON "listing_prices" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "listing_prices_not_emptied" BEFORE TRUNCATE ON "listing_prices" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();

-- The days (UTC) whose prices are written down.
CREATE TABLE "price_days" (
    "day" DATE NOT NULL,
    "closed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "price_days_pkey" PRIMARY KEY ("day")
);
-- A day is over before it is written down.
ALTER TABLE "price_days" ADD CONSTRAINT "price_days_over" CHECK ("closed_at" AT TIME ZONE 'UTC' >= "day" + 1);

-- What a model and trust tier was offered at on a day, by price.
CREATE TABLE "price_facts" (
    "day" DATE NOT NULL,
    "model" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "simulated" BOOLEAN NOT NULL,
    "prices" BIGINT[],
    "listings" INTEGER[],
    "offered_gpu_seconds" BIGINT[],
    "booked_gpu_seconds" BIGINT[],

    CONSTRAINT "price_facts_pkey" PRIMARY KEY ("model", "tier", "simulated", "day")
);
CREATE INDEX "price_facts_day_idx" ON "price_facts"("day");
ALTER TABLE "price_facts" ADD CONSTRAINT "price_facts_day_fkey" FOREIGN KEY ("day") REFERENCES "price_days"("day") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "price_facts" ADD CONSTRAINT "price_facts_tier" CHECK ("tier" IN ('new', 'selfTested', 'checkedByStaff'));

CREATE FUNCTION "price_facts_are_sound"("prices" bigint[], "listings" integer[], "offered" bigint[], "booked" bigint[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT count(*) > 0 AND bool_and(coalesce(price > 0 AND price > before AND listed >= 0 AND secs >= 0 AND taken BETWEEN 0 AND secs, false))
  FROM (
    SELECT price, listed, secs, taken, coalesce(lag(price) OVER (ORDER BY place), 0) AS before
    FROM unnest("prices", "listings", "offered", "booked") WITH ORDINALITY AS cells(price, listed, secs, taken, place)
  ) cell
$$;
-- One cell a price, the cheapest first; nothing is booked for longer than it is offered.
ALTER TABLE "price_facts" ADD CONSTRAINT "price_facts_sound" CHECK ("price_facts_are_sound"("prices", "listings", "offered_gpu_seconds", "booked_gpu_seconds"));
CREATE TRIGGER "price_days_stay" BEFORE UPDATE OR DELETE ON "price_days" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "price_days_not_emptied" BEFORE TRUNCATE ON "price_days" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "price_facts_stay" BEFORE UPDATE OR DELETE ON "price_facts" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "price_facts_not_emptied" BEFORE TRUNCATE ON "price_facts" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
