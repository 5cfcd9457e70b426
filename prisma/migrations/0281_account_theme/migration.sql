-- Light, dark, or as the system has it, as somebody chose it last; null: never chosen, each browser has its own.
ALTER TABLE "users" ADD COLUMN "theme" TEXT;
ALTER TABLE "users" ADD CONSTRAINT "users_theme" CHECK ("theme" IN ('light', 'dark', 'system'));
