-- On which TCP ports the programs of a rental listened in those five seconds; null where the machine does not say.
ALTER TABLE "metric_samples" ADD COLUMN "listening_ports" INTEGER[];
