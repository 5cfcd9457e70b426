-- Who was served in the last half hour, and what was lost in the last minutes: asked with each plan, however many attempts there ever were.

CREATE INDEX "job_attempts_placed_at_idx" ON "job_attempts"("placed_at");
CREATE INDEX "job_attempts_lost" ON "job_attempts"("ended_at") WHERE "outcome" = 'lost';
