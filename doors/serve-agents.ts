import { disconnect } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { live } from '#lib/io/live.ts';
import { log } from '#lib/io/log.ts';
import { startDoorBeat } from './agent/beat.ts';
import { serveAgents } from './agent/serve.ts';

/** `npm run agents`: the door for agents in a process of its own, for markets with many machines. Run as many as you like. */
const host = process.env.HOST || '127.0.0.1';
const port = Number(process.env.SUBLET_AGENTS_PORT || '3001');
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  process.stderr.write('SUBLET_AGENTS_PORT must be a number from 1 to 65535.\n');
  process.exit(1);
}
if (!env().agentsApart)
  log.warn(
    'SUBLET_AGENTS_APART is not set: while the web lives, an outage of these processes counts against the machines',
  );

const door = await serveAgents({ host, port });
startDoorBeat();
log.info({ host, port: door.port }, 'the door for agents is open');

async function end(signal: string): Promise<void> {
  log.info({ signal }, 'the door for agents is closing');
  await door.close();
  await Promise.all([live.close(), disconnect()]);
  process.exit(0);
}
process.once('SIGTERM', () => void end('SIGTERM'));
process.once('SIGINT', () => void end('SIGINT'));
