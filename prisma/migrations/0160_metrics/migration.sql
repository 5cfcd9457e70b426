-- What bookings used, every five seconds, for a day.
CREATE TABLE "metric_samples" (
    "booking_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "gpu_utilisation_percent" SMALLINT[],
    "gpu_memory_used_bytes" BIGINT[],
    "gpu_power_watts" REAL[],
    "gpu_temperature_celsius" SMALLINT[],
    "cpu_millis" INTEGER,
    "memory_bytes" BIGINT,
    "disk_read_bytes_per_second" BIGINT,
    "disk_write_bytes_per_second" BIGINT,
    "network_down_bits_per_second" BIGINT,
    "network_up_bits_per_second" BIGINT,

    CONSTRAINT "metric_samples_pkey" PRIMARY KEY ("booking_id", "at")
);
CREATE INDEX "metric_samples_at_idx" ON "metric_samples"("at");
ALTER TABLE "metric_samples" ADD CONSTRAINT "metric_samples_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A sample stands for five seconds: a machine cannot fill the table by sending more of them.
ALTER TABLE "metric_samples" ADD CONSTRAINT "metric_samples_grid" CHECK (extract(epoch FROM "at")::bigint % 5 = 0);
-- The lists speak of the same GPUs.
ALTER TABLE "metric_samples" ADD CONSTRAINT "metric_samples_gpus" CHECK (
  "gpu_utilisation_percent" IS NOT NULL AND cardinality("gpu_utilisation_percent") <= 64
  AND cardinality("gpu_memory_used_bytes") IS NOT DISTINCT FROM cardinality("gpu_utilisation_percent")
  AND cardinality("gpu_power_watts") IS NOT DISTINCT FROM cardinality("gpu_utilisation_percent")
  AND cardinality("gpu_temperature_celsius") IS NOT DISTINCT FROM cardinality("gpu_utilisation_percent"));
ALTER TABLE "metric_samples" ADD CONSTRAINT "metric_samples_not_negative" CHECK (
  0 <= ALL ("gpu_utilisation_percent") AND 100 >= ALL ("gpu_utilisation_percent") AND 0 <= ALL ("gpu_memory_used_bytes")
  AND "cpu_millis" >= 0 AND "memory_bytes" >= 0 AND "disk_read_bytes_per_second" >= 0 AND "disk_write_bytes_per_second" >= 0
  AND "network_down_bits_per_second" >= 0 AND "network_up_bits_per_second" >= 0);
