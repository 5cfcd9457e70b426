-- Since when a renter has a booking locked against ending by hand; null when they have not.
ALTER TABLE "bookings" ADD COLUMN "end_locked_at" TIMESTAMPTZ(3);
-- What runs a command to its end ends by itself: there is no hand to lock it against.
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_end_lock_of_no_job" CHECK ("end_locked_at" IS NULL OR "at_exit" IS NULL);
