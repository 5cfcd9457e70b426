-- A host asks the agent for its self-test: a number that grows; the self-test that answers it names it.
ALTER TABLE "machines" ADD COLUMN "self_test_asked" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "machines" ADD COLUMN "self_test_answered" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "machines" ADD COLUMN "self_test_asked_at" TIMESTAMPTZ(3);
ALTER TABLE "machines" ADD CONSTRAINT "machines_self_test_asked" CHECK (
  "self_test_answered" BETWEEN 0 AND "self_test_asked" AND ("self_test_asked" > 0) = ("self_test_asked_at" IS NOT NULL));

-- What agents say of themselves: bounded for each machine, and forgotten after a while (lib/agents/agent-log.ts).
CREATE TABLE "agent_log_lines" (
    "id" BIGINT GENERATED ALWAYS AS IDENTITY,
    "machine_id" TEXT NOT NULL,
    "boot" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "level" TEXT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "agent_log_lines_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "agent_log_lines_machine_id_boot_sequence_key" ON "agent_log_lines"("machine_id", "boot", "sequence");
CREATE INDEX "agent_log_lines_machine_id_id_idx" ON "agent_log_lines"("machine_id", "id");
CREATE INDEX "agent_log_lines_at_idx" ON "agent_log_lines"("at");
ALTER TABLE "agent_log_lines" ADD CONSTRAINT "agent_log_lines_machine_id_fkey" FOREIGN KEY ("machine_id") REFERENCES "machines"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "agent_log_lines" ADD CONSTRAINT "agent_log_lines_level" CHECK ("level" IN ('info', 'warn', 'error'));
ALTER TABLE "agent_log_lines" ADD CONSTRAINT "agent_log_lines_message" CHECK (char_length("message") BETWEEN 1 AND 2000);
ALTER TABLE "agent_log_lines" ADD CONSTRAINT "agent_log_lines_sequence" CHECK ("sequence" >= 0);

-- When a host was last told of standing requests that their machines could serve, and up to which request.
CREATE TABLE "request_digests" (
    "host_id" TEXT NOT NULL,
    "told_at" TIMESTAMPTZ(3) NOT NULL,
    "last_request_id" TEXT NOT NULL,

    CONSTRAINT "request_digests_pkey" PRIMARY KEY ("host_id")
);
ALTER TABLE "request_digests" ADD CONSTRAINT "request_digests_host_id_fkey" FOREIGN KEY ("host_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
