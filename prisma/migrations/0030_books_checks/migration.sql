-- What the checks of the books found, newest last.
CREATE TABLE "books_checks" (
    "id" BIGSERIAL NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "transfers" BIGINT NOT NULL,
    "sum_micros" BIGINT NOT NULL,
    "wrong" INTEGER NOT NULL,
    "problems" TEXT[],
    "took_milliseconds" INTEGER NOT NULL,

    CONSTRAINT "books_checks_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "books_checks" ADD CONSTRAINT "books_checks_counted" CHECK (
  "problems" IS NOT NULL AND "transfers" >= 0 AND "took_milliseconds" >= 0 AND "wrong" >= cardinality("problems") AND ("wrong" = 0) = (cardinality("problems") = 0));

-- Lists of accounts by kind, page by page.
CREATE INDEX "accounts_kind_id_idx" ON "accounts"("kind", "id");
-- What moves with every rental is found by its booking; what is rare is found by its kind, and this index costs the rest nothing.
CREATE INDEX "transfers_of_rare_kinds" ON "transfers" ("kind", "id") WHERE "kind" NOT IN ('hold', 'release', 'capture', 'fee');
