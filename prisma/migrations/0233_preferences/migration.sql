-- How somebody wants times shown, and whether keys of the keyboard do things. Null: as their browser has it.
ALTER TABLE "users" ADD COLUMN "time_zone" TEXT, ADD COLUMN "locale" TEXT, ADD COLUMN "shortcuts_off" BOOLEAN NOT NULL DEFAULT false;
