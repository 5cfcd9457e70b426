import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { AGENT_LOG_KEPT_SECONDS } from './agent-log.ts';

/** So many rows at once: a sweep that was away for days must not hold the table for minutes. */
const AT_ONCE = 20_000;

/** Sweep: forgets lines of agents that are old enough. Returns how many. */
export async function forgetAgentLogs(world: World = theWorld): Promise<number> {
  const oldest = addSeconds(world.now(), -AGENT_LOG_KEPT_SECONDS);
  let forgotten = 0;
  for (;;) {
    const some = await inTransaction(
      'forget-agent-logs',
      (tx) => tx.$executeRaw`
        DELETE FROM agent_log_lines WHERE id = ANY (ARRAY(
          SELECT id FROM agent_log_lines WHERE at < ${oldest} ORDER BY at LIMIT ${AT_ONCE}))`,
    );
    forgotten += some;
    if (some < AT_ONCE) return forgotten;
  }
}
