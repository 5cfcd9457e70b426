-- What giving a reserved window back followed from, as it was then: a bill recomputes what it cost from this.
CREATE TABLE "given_back_windows" (
    "lease_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "statements" INTEGER NOT NULL,
    "held_micros" BIGINT NOT NULL,
    "permit" TEXT NOT NULL,
    "signature" TEXT NOT NULL,

    CONSTRAINT "given_back_windows_pkey" PRIMARY KEY ("lease_id"),
    CONSTRAINT "given_back_windows_sizes" CHECK ("statements" >= 0 AND "held_micros" >= 0)
);
ALTER TABLE "given_back_windows" ADD CONSTRAINT "given_back_windows_lease_id_fkey" FOREIGN KEY ("lease_id") REFERENCES "leases"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Evidence is only ever added.
CREATE FUNCTION refuse_given_back_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what a window was given back under is never changed';
END $$;
CREATE TRIGGER "given_back_windows_kept" BEFORE UPDATE OR DELETE ON "given_back_windows"
  FOR EACH ROW EXECUTE FUNCTION refuse_given_back_change();
