import { existsSync } from 'node:fs';
import { access, chmod, constants, mkdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { HOME } from '../home.mjs';
import { Stop } from '../say.mjs';

const LEAST_FREE_BYTES = 300_000_000;

/** What the command line and the environment (with `.env`, which never overrides it) ask for. Throws Stop for what cannot be. */
export function readSettings(args) {
  const dotenv = join(HOME, '.env');
  if (existsSync(dotenv)) process.loadEnvFile(dotenv);
  const known = new Set(['--dev', '--verbose']);
  const strange = args.find((argument) => !known.has(argument));
  if (strange !== undefined) throw new Stop(`npm start knows --dev and --verbose, not ${strange}.`);
  const portText = process.env.PORT || '3000';
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port < 1 || port > 65_535)
    throw new Stop(`PORT must be a number from 1 to 65535, not "${portText}".`);
  const host = process.env.HOST || '127.0.0.1';
  const dir = process.env.SUBLET_DIR || '.sublet';
  const ownDatabase = !process.env.DATABASE_URL;
  return {
    dev: args.includes('--dev'),
    verbose: args.includes('--verbose') || args.includes('--dev'),
    host,
    port,
    dir: isAbsolute(dir) ? dir : join(HOME, dir),
    ownDatabase,
    /** Never by accident in a real database. */
    demo:
      process.env.SUBLET_DEMO === undefined || process.env.SUBLET_DEMO === ''
        ? ownDatabase
        : ['1', 'true'].includes(process.env.SUBLET_DEMO),
    localUrl: localUrl(host, port),
    publicUrl: (process.env.SUBLET_PUBLIC_URL || `http://${address(publicHost(host))}:${port}`).replace(/\/+$/, ''),
  };
}

/** Where a server that listens at this host and port is reached from this machine. */
export function localUrl(host, port) {
  return `http://${address(isEverywhere(host) ? '127.0.0.1' : host)}:${port}`;
}

function isEverywhere(host) {
  return host === '0.0.0.0' || host === '::';
}

function publicHost(host) {
  if (!isEverywhere(host)) return host;
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && !one.internal && one.family === 'IPv4');
  return outside?.address ?? '127.0.0.1';
}

function address(host) {
  return host.includes(':') ? `[${host}]` : host;
}

/** Makes the folder of secrets and data, for its owner only. */
export async function prepareFolder(dir) {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    await chmod(dir, 0o700);
  } catch (error) {
    if (error.code === 'ENOSPC') throw error;
    throw new Stop(
      `The folder ${dir} is not writable for you: it may belong to another user who started Sublet before (${error.code}). Start as that user, or delete it to begin anew.`,
    );
  }
  const { bavail, bsize } = await statfs(dir);
  if (bavail * bsize < LEAST_FREE_BYTES) {
    throw new Stop(
      `The disk of ${dir} has only ${Math.floor((bavail * bsize) / 1e6)} MB free; Sublet needs 300 MB. Free some space and start again.`,
    );
  }
}

/** Throws Stop unless the web port can be had. */
export function claimPort({ host, port }) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const sentence =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is used by another program. End it, or choose another port: PORT=${port + 1 > 65_535 ? 3001 : port + 1} npm start`
          : error.code === 'EACCES'
            ? `Port ${port} needs more rights than you have. Choose one above 1023: PORT=3000 npm start`
            : `Sublet cannot listen on ${host}:${port} (${error.code}).`;
      reject(new Stop(sentence));
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  });
}
