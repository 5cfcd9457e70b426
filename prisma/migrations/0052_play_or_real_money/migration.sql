-- A database holds play money (sandbox, test keys) or real money, never both: decided when the first money moves, for good.
CREATE TABLE "market_money" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "kind" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "market_money_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "market_money" ADD CONSTRAINT "market_money_once" CHECK ("id" = 1);
ALTER TABLE "market_money" ADD CONSTRAINT "market_money_kind" CHECK ("kind" IN ('play', 'real'));
CREATE TRIGGER "market_money_stays" BEFORE UPDATE OR DELETE ON "market_money" FOR EACH ROW EXECUTE FUNCTION "refuse_rewrite"();
CREATE TRIGGER "market_money_not_emptied" BEFORE TRUNCATE ON "market_money" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewrite"();

-- Where the sandbox has moved money it is play money. Which keys moved the rest nobody wrote down: the next movement decides.
INSERT INTO "market_money" ("kind", "decided_at")
  SELECT 'play', now() WHERE EXISTS (SELECT 1 FROM "top_ups" WHERE "provider" = 'sandbox')
    OR EXISTS (SELECT 1 FROM "payouts" WHERE "provider" = 'sandbox');
