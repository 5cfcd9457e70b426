-- The inbox of the payment provider's webhooks.
CREATE TABLE "provider_webhooks" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "object_id" TEXT,
    "account" TEXT,
    "happened_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL,
    "last_error" TEXT,
    "outcome" TEXT,
    "handled_at" TIMESTAMPTZ(3),

    CONSTRAINT "provider_webhooks_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "provider_webhooks_handled_at_next_try_at_idx" ON "provider_webhooks"("handled_at", "next_try_at");
ALTER TABLE "provider_webhooks" ADD CONSTRAINT "provider_webhooks_outcome"
  CHECK (("outcome" IS NULL) = ("handled_at" IS NULL) AND "outcome" IN ('handled', 'notOurs', 'ignored'));
