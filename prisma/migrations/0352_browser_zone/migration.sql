-- The zone of the browser in which somebody signed in last: mails say it while they chose none.
ALTER TABLE "users" ADD COLUMN "browser_zone" TEXT;
