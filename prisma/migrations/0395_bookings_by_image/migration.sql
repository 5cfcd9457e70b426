-- Whether an image that did not come up ran for others: asked when a window fails, however many bookings there ever were. Whoever books writes
-- nothing into it; what begins to run does, once.
CREATE INDEX "bookings_of_an_image_that_ran" ON "bookings"("image", "started_at") WHERE "started_at" IS NOT NULL;
