-- Whether an image that did not come up runs for others: asked when a window fails, however many bookings there ever were.

CREATE INDEX "bookings_image_idx" ON "bookings"("image");
