-- Who was served in the last half hour: asked with each plan, however many attempts there ever were.

CREATE INDEX "job_attempts_placed_at_idx" ON "job_attempts"("placed_at");
