-- What somebody wants to hear of a kind of notice, where it differs from what everybody gets.
CREATE TABLE "notice_choices" (
    "user_id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "in_app" BOOLEAN NOT NULL,
    "mail" BOOLEAN NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notice_choices_pkey" PRIMARY KEY ("user_id", "topic")
);
ALTER TABLE "notice_choices" ADD CONSTRAINT "notice_choices_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
-- Money and safety are always heard of: no row could say otherwise.
ALTER TABLE "notice_choices" ADD CONSTRAINT "notice_choices_not_fixed" CHECK ("topic" NOT IN ('security', 'moneyLow', 'payments', 'disputes', 'payoutTrouble', 'machineSafety'));
