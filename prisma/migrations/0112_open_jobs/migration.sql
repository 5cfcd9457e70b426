-- What is asked every few seconds stays small, however many jobs have ended.

CREATE INDEX "job_arrays_open" ON "job_arrays"("id") WHERE "ended_at" IS NULL;
CREATE INDEX "jobs_open_of_renter" ON "jobs"("renter_id") WHERE "observed" <> 'ended';

-- As the schema has lists of words: the list is empty by default.
ALTER TABLE "jobs" ALTER COLUMN "avoided_host_ids" DROP NOT NULL;
