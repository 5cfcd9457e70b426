import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bundleAgent } from './agent-bundle.mjs';
import { HOME, nodeForRun } from './home.mjs';
import { Stop } from './say.mjs';
import { localUrl } from './start/settings.mjs';
import { waitUntilReady } from './start/wait-until-ready.mjs';
import { warmPages } from './warm.mjs';

const SECRETS = ['DATABASE_URL', 'NEXTAUTH_SECRET', 'SUBLET_SECRETS_KEY', 'SUBLET_LEASE_KEY', 'SUBLET_PUBLIC_URL'];

const HOST = process.env.HOST || '127.0.0.1';
const PORT = process.env.PORT || '3000';

/** Shorter than the ten seconds after which Docker kills. */
const GRACE_MS = 8_000;

/** What a container of the one image may be. All but the gateway migrate the database first; any number of them may start at once. */
const ROLES = {
  web: {
    needs: SECRETS,
    prepare: async () => {
      await migrate();
      const dir = process.env.SUBLET_DIR || join(HOME, '.sublet');
      await bundleAgent(join(dir, 'dist'));
      // What machines fetch beside the agent; the pages do not wait for it.
      meanwhile(['bin/node-pieces.mjs', join(dir, 'dist')]);
      meanwhile(['bin/build-tools.mjs', '--root', dir]);
    },
    command: () => [join('node_modules', 'next', 'dist', 'bin', 'next'), 'start', '-H', HOST, '-p', PORT],
    whenRunning: async () => {
      const url = localUrl(HOST, PORT);
      await waitUntilReady(`${url}/api/health`);
      await warmPages(url);
    },
  },
  worker: { needs: SECRETS, prepare: migrate, command: () => ['worker/main.ts'] },
  agents: { needs: SECRETS, prepare: migrate, command: () => ['doors/serve-agents.ts'] },
  gateway: {
    needs: ['GATEWAY_NAME', 'GATEWAY_TUNNEL_PORT', 'GATEWAY_HEALTH_PORT', 'SUBLET_LEASE_PUBLIC_KEY'],
    prepare: async () => {},
    command: () => ['gateway/main.ts'],
  },
};

/** Runs one program of the market, built before, until it ends or is told to. Resolves to its exit code. */
export async function serve(role) {
  const one = ROLES[role];
  if (one === undefined) throw new Stop(`Usage: node bin/serve.mjs ${Object.keys(ROLES).join(' | ')}`);
  const missing = one.needs.filter((name) => !process.env[name]);
  if (missing.length > 0)
    throw new Stop(`${role} needs ${missing.join(', ')}. See .env.example; "node bin/make-secrets.mjs" makes secrets.`);
  await one.prepare();
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', SUBLET_ROLE: role };
  env.NEXTAUTH_URL ||= process.env.SUBLET_PUBLIC_URL;
  const child = spawn(nodeForRun(), ['--disable-warning=ExperimentalWarning', ...one.command()], {
    cwd: HOME,
    env,
    stdio: 'inherit',
  });
  void one.whenRunning?.();
  let told = false;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      child.kill(signal);
      if (told) return;
      told = true;
      // The web waits for requests under way; those that agents hold open there for long are cut, and asked again elsewhere.
      setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(told ? 0 : (code ?? 1)));
  });
}

/** A step that the market can do without; what it says goes to the log. */
function meanwhile(command) {
  spawn(nodeForRun(), command, { cwd: HOME, stdio: ['ignore', 'ignore', 'inherit'] }).once('error', () => {});
}

async function migrate() {
  const { deployMigrations } = await import('../../prisma/migrate.ts');
  await deployMigrations(process.env.DATABASE_URL);
}
