-- What GPUs did while nobody rented them, every thirty seconds, for a day.
CREATE TABLE "gpu_samples" (
    "gpu_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "utilisation_percent" SMALLINT,
    "memory_used_bytes" BIGINT,
    "power_watts" REAL,
    "temperature_celsius" SMALLINT,

    CONSTRAINT "gpu_samples_pkey" PRIMARY KEY ("gpu_id", "at")
);
CREATE INDEX "gpu_samples_at_idx" ON "gpu_samples"("at");
ALTER TABLE "gpu_samples" ADD CONSTRAINT "gpu_samples_gpu_id_fkey" FOREIGN KEY ("gpu_id") REFERENCES "gpus"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A sample stands for thirty seconds: a machine cannot fill the table by sending more of them.
ALTER TABLE "gpu_samples" ADD CONSTRAINT "gpu_samples_grid" CHECK (extract(epoch FROM "at")::bigint % 30 = 0);
ALTER TABLE "gpu_samples" ADD CONSTRAINT "gpu_samples_possible" CHECK (
  "utilisation_percent" BETWEEN 0 AND 100 AND "memory_used_bytes" >= 0 AND "power_watts" >= 0);
