-- How long a machine takes from a pulled image to a shell, as measured at its last rentals: what searches are ordered by.
ALTER TABLE "machines" ADD COLUMN "start_ms" INTEGER;
ALTER TABLE "machines" ADD CONSTRAINT "machines_start_ms_is_a_time" CHECK ("start_ms" >= 0);

-- It is news for the index of listings, as the other facts of a machine are (0070).
CREATE TRIGGER "machines_tell_start" AFTER UPDATE OF "start_ms" ON "machines" FOR EACH ROW
  WHEN (OLD."start_ms" IS DISTINCT FROM NEW."start_ms") EXECUTE FUNCTION "tell_moved_machine"();
