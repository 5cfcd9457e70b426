-- What a machine saw, to the byte: another machine can hold it against what it saw itself.
ALTER TABLE "log_witnesses" ADD COLUMN "note" TEXT NOT NULL;
