-- Whoever looks at a queue sees cases come and go, also those that nobody claimed: each is told with its kind, and nothing else.
-- What only the time makes a case is not told: nothing changes then.
CREATE FUNCTION "tell_desk_of"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sublet', json_build_object('desk', TG_ARGV[0])::text);
  RETURN NULL;
END $$;

CREATE TRIGGER "reports_come" AFTER INSERT ON "reports" FOR EACH ROW EXECUTE FUNCTION "tell_desk_of"('report');
CREATE TRIGGER "reports_go" AFTER UPDATE OF "state" ON "reports" FOR EACH ROW
  WHEN (OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "tell_desk_of"('report');
CREATE TRIGGER "message_reports_come" AFTER INSERT ON "message_reports" FOR EACH ROW EXECUTE FUNCTION "tell_desk_of"('report');
CREATE TRIGGER "message_reports_go" AFTER UPDATE OF "closed_at" ON "message_reports" FOR EACH ROW
  WHEN (OLD."closed_at" IS DISTINCT FROM NEW."closed_at") EXECUTE FUNCTION "tell_desk_of"('report');
CREATE TRIGGER "disputes_come_and_go" AFTER UPDATE OF "state", "turn" ON "disputes" FOR EACH ROW
  WHEN (OLD."state" IS DISTINCT FROM NEW."state" OR OLD."turn" IS DISTINCT FROM NEW."turn") EXECUTE FUNCTION "tell_desk_of"('dispute');
CREATE TRIGGER "payout_holds_come" AFTER INSERT ON "payout_holds" FOR EACH ROW EXECUTE FUNCTION "tell_desk_of"('payout');
CREATE TRIGGER "payout_holds_go" AFTER UPDATE OF "state" ON "payout_holds" FOR EACH ROW
  WHEN (OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "tell_desk_of"('payout');
CREATE TRIGGER "account_flags_come" AFTER INSERT ON "account_flags" FOR EACH ROW EXECUTE FUNCTION "tell_desk_of"('signup');
CREATE TRIGGER "account_flags_go" AFTER UPDATE OF "state" ON "account_flags" FOR EACH ROW
  WHEN (OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "tell_desk_of"('signup');
CREATE TRIGGER "top_ups_come_and_go" AFTER UPDATE OF "state" ON "top_ups" FOR EACH ROW
  WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND 'review' IN (OLD."state", NEW."state")) EXECUTE FUNCTION "tell_desk_of"('payment');
-- After how many attempts one is given up is the market's word: each that failed is told, and they are few.
CREATE TRIGGER "provider_webhooks_come_and_go" AFTER UPDATE OF "attempts", "handled_at" ON "provider_webhooks" FOR EACH ROW
  WHEN (NEW."attempts" > 1 AND (OLD."attempts" IS DISTINCT FROM NEW."attempts" OR OLD."handled_at" IS DISTINCT FROM NEW."handled_at"))
  EXECUTE FUNCTION "tell_desk_of"('webhook');
CREATE TRIGGER "listings_come_to_desk" AFTER INSERT ON "listings" FOR EACH ROW EXECUTE FUNCTION "tell_desk_of"('machine');
CREATE TRIGGER "listings_move_at_desk" AFTER UPDATE OF "state", "approved_at", "suspended_at" ON "listings" FOR EACH ROW
  WHEN (OLD."state" IS DISTINCT FROM NEW."state" OR OLD."approved_at" IS DISTINCT FROM NEW."approved_at"
    OR OLD."suspended_at" IS DISTINCT FROM NEW."suspended_at") EXECUTE FUNCTION "tell_desk_of"('machine');
CREATE TRIGGER "machines_move_at_desk" AFTER UPDATE OF "self_test_passed", "staff_checked_at", "retired_at" ON "machines" FOR EACH ROW
  WHEN (OLD."self_test_passed" IS DISTINCT FROM NEW."self_test_passed" OR OLD."staff_checked_at" IS DISTINCT FROM NEW."staff_checked_at"
    OR OLD."retired_at" IS DISTINCT FROM NEW."retired_at") EXECUTE FUNCTION "tell_desk_of"('machine');
