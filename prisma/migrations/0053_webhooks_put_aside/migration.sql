-- An admin may put a webhook aside that was given up, with a reason.
ALTER TABLE "provider_webhooks" DROP CONSTRAINT "provider_webhooks_outcome";
ALTER TABLE "provider_webhooks" ADD CONSTRAINT "provider_webhooks_outcome"
  CHECK (("outcome" IS NULL) = ("handled_at" IS NULL) AND "outcome" IN ('handled', 'notOurs', 'ignored', 'putAside'));
-- Those that were given up, and payments that wait for a person: few, and looked for on each visit of the desk.
CREATE INDEX "provider_webhooks_given_up" ON "provider_webhooks" ("received_at") WHERE "handled_at" IS NULL AND "attempts" >= 100;
CREATE INDEX "top_ups_in_review" ON "top_ups" ("id") WHERE "state" = 'review';
