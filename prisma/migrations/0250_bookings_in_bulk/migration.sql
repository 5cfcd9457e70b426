-- What a booking costs the database. Its guarantees are the same; three of them are held more cheaply.

-- Never two on one GPU. An index of ranges over texts costs several times one over numbers, so a GPU stands in it by its hash: equal ids have
-- equal hashes, so whatever overlapped before is refused now too. Two GPUs whose 64 bits were alike could not be rented at
-- once; of a million GPUs, two are with a chance of one in 37 million.
ALTER TABLE "allocations" DROP CONSTRAINT "allocations_no_overlap";
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_no_overlap"
  EXCLUDE USING gist (hashtextextended("gpu_id", 0) WITH =, tstzrange("starts_at", "ends_at") WITH &&);
-- Who has a GPU, now or later.
CREATE INDEX "allocations_gpu_id_ends_at_idx" ON "allocations"("gpu_id", "ends_at");

-- Foreign keys ask for each row and each parent, and lock the parent, so that nobody takes it away meanwhile. Here nobody ever does: people
-- are made nameless and machines retired, but their rows stay. So rows that others stand on never go and keep their ids, and all
-- rows of a statement are asked for together, each parent once.
CREATE FUNCTION "refuse_unknown"("of_table" text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a row of % stands on a row that is not there', "of_table" USING ERRCODE = 'foreign_key_violation';
END $$;

ALTER TABLE "bookings"
  DROP CONSTRAINT "bookings_renter_id_fkey",
  DROP CONSTRAINT "bookings_host_id_fkey",
  DROP CONSTRAINT "bookings_machine_id_fkey",
  DROP CONSTRAINT "bookings_listing_id_fkey";
ALTER TABLE "allocations" DROP CONSTRAINT "allocations_booking_id_fkey", DROP CONSTRAINT "allocations_gpu_id_fkey";
ALTER TABLE "leases" DROP CONSTRAINT "leases_booking_id_fkey", DROP CONSTRAINT "leases_machine_id_fkey";

-- Without parameters, so that each is planned once a connection.
CREATE FUNCTION "bookings_stand_on"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM "users" WHERE "id" = ANY(ARRAY(SELECT "renter_id" FROM "added")))
      <> (SELECT count(DISTINCT "renter_id") FROM "added")
    OR (SELECT count(*) FROM "users" WHERE "id" = ANY(ARRAY(SELECT "host_id" FROM "added")))
      <> (SELECT count(DISTINCT "host_id") FROM "added")
    OR (SELECT count(*) FROM "machines" WHERE "id" = ANY(ARRAY(SELECT "machine_id" FROM "added")))
      <> (SELECT count(DISTINCT "machine_id") FROM "added")
    OR (SELECT count(*) FROM "listings" WHERE "id" = ANY(ARRAY(SELECT "listing_id" FROM "added")))
      <> (SELECT count(DISTINCT "listing_id") FROM "added")
  THEN
    PERFORM "refuse_unknown"('bookings');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "bookings_stand" AFTER INSERT ON "bookings"
  REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "bookings_stand_on"();

CREATE FUNCTION "allocations_stand_on"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM "bookings" WHERE "id" = ANY(ARRAY(SELECT "booking_id" FROM "added")))
      <> (SELECT count(DISTINCT "booking_id") FROM "added")
    OR (SELECT count(*) FROM "gpus" WHERE "id" = ANY(ARRAY(SELECT "gpu_id" FROM "added")))
      <> (SELECT count(DISTINCT "gpu_id") FROM "added")
  THEN
    PERFORM "refuse_unknown"('allocations');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "allocations_stand" AFTER INSERT ON "allocations"
  REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "allocations_stand_on"();

CREATE FUNCTION "leases_stand_on"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM "bookings" WHERE "id" = ANY(ARRAY(SELECT "booking_id" FROM "added")))
      <> (SELECT count(DISTINCT "booking_id") FROM "added")
    OR (SELECT count(*) FROM "machines" WHERE "id" = ANY(ARRAY(SELECT "machine_id" FROM "added")))
      <> (SELECT count(DISTINCT "machine_id") FROM "added")
  THEN
    PERFORM "refuse_unknown"('leases');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "leases_stand" AFTER INSERT ON "leases"
  REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "leases_stand_on"();

-- Whoever moves one to another parent is rare, and asked by the row.
CREATE FUNCTION "booking_stands_on"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM "users" WHERE "id" = NEW."renter_id") + (SELECT count(*) FROM "users" WHERE "id" = NEW."host_id")
    + (SELECT count(*) FROM "machines" WHERE "id" = NEW."machine_id") + (SELECT count(*) FROM "listings" WHERE "id" = NEW."listing_id") <> 4
  THEN
    PERFORM "refuse_unknown"('bookings');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "bookings_stand_still" AFTER UPDATE OF "renter_id", "host_id", "machine_id", "listing_id" ON "bookings" FOR EACH ROW
  WHEN ((OLD."renter_id", OLD."host_id", OLD."machine_id", OLD."listing_id") IS DISTINCT FROM (NEW."renter_id", NEW."host_id", NEW."machine_id", NEW."listing_id"))
  EXECUTE FUNCTION "booking_stands_on"();

CREATE FUNCTION "allocation_stands_on"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM "bookings" WHERE "id" = NEW."booking_id") + (SELECT count(*) FROM "gpus" WHERE "id" = NEW."gpu_id") <> 2 THEN
    PERFORM "refuse_unknown"('allocations');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "allocations_stand_still" AFTER UPDATE OF "booking_id", "gpu_id" ON "allocations" FOR EACH ROW
  WHEN ((OLD."booking_id", OLD."gpu_id") IS DISTINCT FROM (NEW."booking_id", NEW."gpu_id")) EXECUTE FUNCTION "allocation_stands_on"();

CREATE FUNCTION "lease_stands_on"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM "bookings" WHERE "id" = NEW."booking_id") + (SELECT count(*) FROM "machines" WHERE "id" = NEW."machine_id") <> 2 THEN
    PERFORM "refuse_unknown"('leases');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "leases_stand_still" AFTER UPDATE OF "booking_id", "machine_id" ON "leases" FOR EACH ROW
  WHEN ((OLD."booking_id", OLD."machine_id") IS DISTINCT FROM (NEW."booking_id", NEW."machine_id")) EXECUTE FUNCTION "lease_stands_on"();

CREATE TRIGGER "users_keep_their_ids" BEFORE UPDATE OF "id" ON "users" FOR EACH ROW
  WHEN (OLD."id" IS DISTINCT FROM NEW."id") EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "users_stay" BEFORE DELETE ON "users" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "users_not_emptied" BEFORE TRUNCATE ON "users" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "machines_keep_their_ids" BEFORE UPDATE OF "id" ON "machines" FOR EACH ROW
  WHEN (OLD."id" IS DISTINCT FROM NEW."id") EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "machines_stay" BEFORE DELETE ON "machines" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "machines_not_emptied" BEFORE TRUNCATE ON "machines" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "listings_keep_their_ids" BEFORE UPDATE OF "id" ON "listings" FOR EACH ROW
  WHEN (OLD."id" IS DISTINCT FROM NEW."id") EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "listings_stay" BEFORE DELETE ON "listings" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "listings_not_emptied" BEFORE TRUNCATE ON "listings" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "gpus_keep_their_ids" BEFORE UPDATE OF "id" ON "gpus" FOR EACH ROW
  WHEN (OLD."id" IS DISTINCT FROM NEW."id") EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "gpus_stay" BEFORE DELETE ON "gpus" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "gpus_not_emptied" BEFORE TRUNCATE ON "gpus" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "bookings_keep_their_ids" BEFORE UPDATE OF "id" ON "bookings" FOR EACH ROW
  WHEN (OLD."id" IS DISTINCT FROM NEW."id") EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "bookings_stay" BEFORE DELETE ON "bookings" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "bookings_not_emptied" BEFORE TRUNCATE ON "bookings" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();
