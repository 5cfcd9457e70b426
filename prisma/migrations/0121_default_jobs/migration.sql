-- What a machine runs for its host while nobody rents it: no booking, no bill.

CREATE TABLE "default_jobs" (
    "machine_id" TEXT NOT NULL,
    "image" TEXT,
    "command" JSONB,
    "revision" INTEGER NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT,
    "detail" TEXT,
    "observed_at" TIMESTAMPTZ(3),

    CONSTRAINT "default_jobs_pkey" PRIMARY KEY ("machine_id")
);

ALTER TABLE "default_jobs" ADD CONSTRAINT "default_jobs_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "default_jobs" ADD CONSTRAINT "default_jobs_revision" CHECK ("revision" > 0);
