-- Jobs: a submission (one job or an array), its jobs, their attempts, and the bookings of each attempt.

CREATE TABLE "job_arrays" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "renter_id" TEXT NOT NULL REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  "idempotency_key" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "image" TEXT NOT NULL,
  "command" JSONB NOT NULL,
  "encrypted_environment" TEXT,
  "requirements" JSONB NOT NULL,
  "machines" INTEGER NOT NULL,
  "size" INTEGER NOT NULL,
  "run_seconds" INTEGER NOT NULL,
  "deadline" TIMESTAMPTZ(3),
  "retries" INTEGER NOT NULL,
  "cap_micros" BIGINT,
  "artifacts_path" TEXT,
  "checkpoint_path" TEXT,
  "report" JSONB,
  "reported_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3)
);
CREATE UNIQUE INDEX "job_arrays_renter_id_idempotency_key_key" ON "job_arrays"("renter_id", "idempotency_key");
CREATE INDEX "job_arrays_renter_id_id_idx" ON "job_arrays"("renter_id", "id");
ALTER TABLE "job_arrays" ADD CONSTRAINT "job_arrays_sizes" CHECK ("size" BETWEEN 1 AND 10000 AND "machines" BETWEEN 1 AND 64
  AND "retries" BETWEEN 0 AND 100 AND "run_seconds" > 0 AND "cap_micros" > 0);

CREATE TABLE "jobs" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "array_id" TEXT NOT NULL REFERENCES "job_arrays"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  "index" INTEGER NOT NULL,
  "renter_id" TEXT NOT NULL,
  "desired" TEXT NOT NULL,
  "observed" TEXT NOT NULL,
  "outcome" TEXT,
  "reason" TEXT,
  "reason_detail" TEXT,
  "exit_code" INTEGER,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "failures" INTEGER NOT NULL DEFAULT 0,
  "losses" INTEGER NOT NULL DEFAULT 0,
  "not_before" TIMESTAMPTZ(3),
  "avoided_host_ids" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  "asked_at" TIMESTAMPTZ(3) NOT NULL,
  "observed_at" TIMESTAMPTZ(3) NOT NULL,
  "end_asked_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3)
);
CREATE UNIQUE INDEX "jobs_array_id_index_key" ON "jobs"("array_id", "index");
-- The queue, and what is under way: both stay small however many jobs have ended.
CREATE INDEX "jobs_waiting" ON "jobs"("array_id", "asked_at", "id") WHERE "observed" = 'waiting';
CREATE INDEX "jobs_under_way" ON "jobs"("id") WHERE "observed" IN ('placed', 'running');
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_desired" CHECK ("desired" IN ('run', 'end'));
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_observed" CHECK ("observed" IN ('waiting', 'placed', 'running', 'ended'));
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_outcome" CHECK ("outcome" IN ('succeeded', 'failed', 'cancelled', 'expired'));
-- What ended says how, and only that; what waits has not been told to end.
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_ended" CHECK (("observed" = 'ended') = ("outcome" IS NOT NULL) AND ("observed" = 'ended') = ("ended_at" IS NOT NULL)
  AND NOT ("observed" = 'waiting' AND "desired" = 'end'));

CREATE TABLE "job_attempts" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "job_id" TEXT NOT NULL REFERENCES "jobs"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  "number" INTEGER NOT NULL,
  "placed_at" TIMESTAMPTZ(3) NOT NULL,
  "started_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3),
  "outcome" TEXT,
  "reason" TEXT,
  "reason_detail" TEXT,
  "exit_code" INTEGER
);
CREATE UNIQUE INDEX "job_attempts_job_id_number_key" ON "job_attempts"("job_id", "number");
-- However many workers place: a job has one attempt at a time.
CREATE UNIQUE INDEX "job_attempts_one_open" ON "job_attempts"("job_id") WHERE "ended_at" IS NULL;
ALTER TABLE "job_attempts" ADD CONSTRAINT "job_attempts_outcome" CHECK ("outcome" IN ('succeeded', 'failed', 'lost', 'cancelled', 'expired')
  AND ("outcome" IS NOT NULL) = ("ended_at" IS NOT NULL));

CREATE TABLE "attempt_bookings" (
  "attempt_id" TEXT NOT NULL REFERENCES "job_attempts"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  "rank" INTEGER NOT NULL,
  "booking_id" TEXT NOT NULL REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  PRIMARY KEY ("attempt_id", "rank")
);
CREATE UNIQUE INDEX "attempt_bookings_booking_id_key" ON "attempt_bookings"("booking_id");
