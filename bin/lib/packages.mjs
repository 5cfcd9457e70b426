import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { HOME } from './home.mjs';
import { lastLines, run } from './run.mjs';
import { phase, Stop } from './say.mjs';

const NEEDED_BYTES = 1_500_000_000;

/** Installs the locked packages unless exactly these are installed. */
export async function ensurePackages() {
  if (await installed()) return;
  const { bavail, bsize } = await statfs(HOME);
  if (bavail * bsize < NEEDED_BYTES) {
    throw new Stop(
      `The disk of ${HOME} has ${Math.floor((bavail * bsize) / 1e6)} MB free; installing needs 1500 MB. Free some space and start again.`,
    );
  }
  await phase('installing packages', () => npmCi());
}

/** Compares the lock file with npm's own note of what it installed. */
async function installed() {
  const [wanted, present] = await Promise.all([
    readFile(join(HOME, 'package-lock.json'), 'utf8').then(JSON.parse),
    readFile(join(HOME, 'node_modules', '.package-lock.json'), 'utf8')
      .then(JSON.parse)
      .catch(() => undefined),
  ]);
  if (present === undefined) return false;
  return Object.entries(wanted.packages).every(([path, one]) => {
    if (!/(^|\/)node_modules\//.test(path) || one.link) return true;
    const there = present.packages[path];
    if (there === undefined) return one.optional === true && !fits(one);
    return there.version === one.version;
  });
}

/** Whether npm would install this optional package here. Those for another C library count as not fitting. */
function fits({ os, cpu, libc }) {
  return (
    (os ?? [process.platform]).includes(process.platform) &&
    (cpu ?? [process.arch]).includes(process.arch) &&
    libc === undefined &&
    (os ?? cpu) !== undefined
  );
}

async function npmCi() {
  const cli = process.env.npm_execpath;
  const npm = cli?.endsWith('.js') ? [process.execPath, cli] : ['npm'];
  const options = [
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { code, output } = await run([...npm, 'ci', ...options], { cwd: HOME }).catch((error) => {
    throw new Stop(`npm could not be started (${error.message}). Install npm, then start again.`);
  });
  if (code !== 0) throw new Stop(npmSentence(output, code));
}

function npmSentence(output, code) {
  if (/ENOSPC|no space left/i.test(output)) return `The disk of ${HOME} is full. Free some space and start again.`;
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/i.test(
      output,
    )
  ) {
    const where = /(?:request to|requested from) (https?:\/\/[^/\s]+)/.exec(output)?.[1];
    return `The npm registry${where ? ` ${where}` : ''} cannot be reached, and packages must be fetched from it once. Check the connection (or "npm config get registry") and start again.`;
  }
  if (/EACCES|EPERM/.test(output))
    return `npm may not write into ${HOME}. Start as the user whom the folder belongs to.`;
  return `npm ci failed (exit code ${code}):\n${lastLines(output, 12)}`;
}
