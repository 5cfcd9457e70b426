import { startDoorBeat } from '#doors/agent/beat.ts';
import { serveAgents } from '#doors/agent/serve.ts';
import { disconnect } from '#lib/io/db.ts';
import { live } from '#lib/io/live.ts';

/** What `npm run agents` runs, with a hold of its own: `node door.ts PORT HOLD_MS`. */
const [port = '0', holdMs = '10000'] = process.argv.slice(2);
const door = await serveAgents({ host: '127.0.0.1', port: Number(port), holdMs: Number(holdMs) });
startDoorBeat();
process.send?.({ port: door.port });
process.on('message', (word) => {
  if (word !== 'end') return;
  void door
    .close()
    .then(() => Promise.all([live.close(), disconnect()]))
    .then(() => process.exit(0));
});
