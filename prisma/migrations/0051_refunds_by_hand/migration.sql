-- A refund that the operators make at the provider by hand is booked as what it is: the wallet gives what it has, the market the rest.
ALTER TABLE "card_refunds" ADD COLUMN "given_micros" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "card_refunds" ADD CONSTRAINT "card_refunds_given" CHECK ("given_micros" BETWEEN 0 AND "amount_micros");
