import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HOME, nodeForRun } from '../home.mjs';

/** What only web and worker may know. */
const MARKET_ONLY = [
  'DATABASE_URL',
  'NEXTAUTH_SECRET',
  'SUBLET_LEASE_KEY',
  'SUBLET_LOG_KEY',
  'SUBLET_SECRETS_KEY',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'SMTP_URL',
];

/** The variables of the market's own programs, all of them; `withoutSecrets` gives those of gateway and agents. */
export function marketEnvironment({ settings, databaseUrl, secrets, ports }) {
  const gatewayHost = process.env.GATEWAY_PUBLIC_HOST || new URL(settings.publicUrl).hostname;
  const gateways = [
    {
      name: 'local',
      publicHost: gatewayHost,
      portFrom: ports.from,
      portTo: ports.to,
      tunnelUrl: `tcp://${gatewayHost}:${ports.tunnel}`,
      healthUrl: `http://127.0.0.1:${ports.health}/health`,
    },
  ];
  return {
    ...process.env,
    NODE_ENV: settings.dev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    DATABASE_URL: databaseUrl,
    SUBLET_DIR: settings.dir,
    SUBLET_PUBLIC_URL: settings.publicUrl,
    SUBLET_DEMO: settings.demo ? '1' : '0',
    SUBLET_LOCAL_AGENT: settings.demo ? '1' : '0',
    NEXTAUTH_URL: process.env.NEXTAUTH_URL || settings.publicUrl,
    SUBLET_GATEWAYS: process.env.SUBLET_GATEWAYS || JSON.stringify(gateways),
    ...secrets,
  };
}

function withoutSecrets(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !MARKET_ONLY.includes(name)));
}

/**
 * What `npm start` keeps running, in the order of starting. A program that is not there yet, or not wanted, is left out. `first` ones must run before the
 * market can be ready.
 */
export function programs({ settings, environment, ports }) {
  const node = [nodeForRun(), '--disable-warning=ExperimentalWarning'];
  const watched = settings.dev ? [...node, '--watch', '--watch-preserve-output'] : node;
  const next = [...node, join('node_modules', 'next', 'dist', 'bin', 'next'), settings.dev ? 'dev' : 'start'];
  const outside = withoutSecrets(environment);
  const agentDir = join(settings.dir, 'agent');
  const table = [
    {
      name: 'web',
      needs: 'app',
      command: [...next, '-H', settings.host, '-p', String(settings.port)],
      env: environment,
    },
    { name: 'worker', needs: 'worker/main.ts', command: [...watched, 'worker/main.ts'], env: environment },
    {
      name: 'gateway',
      needs: 'gateway/main.ts',
      wanted: !process.env.SUBLET_GATEWAYS,
      command: [...watched, 'gateway/main.ts'],
      env: {
        ...outside,
        GATEWAY_NAME: 'local',
        GATEWAY_HOST: process.env.GATEWAY_HOST || settings.host,
        GATEWAY_TUNNEL_PORT: String(ports.tunnel),
        GATEWAY_HEALTH_PORT: String(ports.health),
        GATEWAY_PORT_FROM: String(ports.from),
        GATEWAY_PORT_TO: String(ports.to),
      },
    },
    {
      name: 'agent',
      needs: 'agent/main.ts',
      wanted: settings.demo,
      // prettier-ignore
      command: [
        ...node,
        'agent/main.ts',
        'run',
        '--market',
        settings.localUrl,
        '--dir',
        agentDir,
        '--code',
        join(settings.dir, 'demo', 'enrolment-code'),
        '--tools',
        join(settings.dir, 'tools'),
        '--simulate-if-no-gpu',
      ],
      env: outside,
      // This market goes, and the agent with it: its rentals rest until the next start, as when a host's machine is shut down.
      endBy: { signal: 'SIGUSR2', graceMs: 12_000 },
    },
    {
      name: 'hosts',
      needs: 'agent/commands/simulate-hosts.ts',
      wanted: settings.demo,
      command: [
        ...node,
        'agent/main.ts',
        'simulate-hosts',
        '--market',
        settings.localUrl,
        '--dir',
        join(settings.dir, 'demo', 'hosts'),
      ],
      env: outside,
    },
  ];
  return table
    .filter(({ wanted, needs }) => wanted !== false && existsSync(join(HOME, needs)))
    .map(({ name, command, env, endBy }) => ({ name, command, env: { ...env, SUBLET_ROLE: name }, endBy }));
}

/** Agents first, so that what they hold open at the web ends; the web last, so that the others can still report. */
export const ENDING_ORDER = [['agent', 'hosts'], ['worker', 'gateway'], ['web']];
