-- Whether a booking is stopped when its GPUs idle, and when its renter was told that they do.
CREATE TABLE "idle_guards" (
    "booking_id" TEXT NOT NULL,
    "stops" BOOLEAN NOT NULL,
    "noticed_at" TIMESTAMPTZ(3),

    CONSTRAINT "idle_guards_pkey" PRIMARY KEY ("booking_id")
);
ALTER TABLE "idle_guards" ADD CONSTRAINT "idle_guards_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
