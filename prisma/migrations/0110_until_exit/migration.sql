-- A booking may run a command to its end: then it gives its GPUs back, and keeps its disk or not.

ALTER TABLE "bookings" ADD COLUMN "at_exit" TEXT;
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_at_exit" CHECK ("at_exit" IN ('end', 'keepDisk'));
ALTER TABLE "bookings" ADD COLUMN "exit_code" INTEGER;
