-- What a letter says, in parts, so that it can be laid out when it is sent; and how it was laid out, where a demo market shows it instead of sending it.
ALTER TABLE "mails" ADD COLUMN "letter" JSONB, ADD COLUMN "html" TEXT;
ALTER TABLE "mails" ADD CONSTRAINT "mails_html_on_page_only" CHECK ("html" IS NULL OR "sent_via" = 'page');
