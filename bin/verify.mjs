import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NODE } from './lib/home.mjs';

/** Runs cli/verify.ts: by this Node where it reads TypeScript, else by the one that npm installed. Installs nothing, asks no network. */
const program = fileURLToPath(new URL('../cli/verify.ts', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const readsTypeScript = major >= 24 || (major === 22 && minor >= 18);
if (!readsTypeScript && !existsSync(NODE)) {
  console.error(
    'Verifying needs Node 24 (or 22.18 and later): install it, or run "npm install" here, which brings it.',
  );
  process.exit(2);
}
const quiet = ['--disable-warning=ExperimentalWarning'];
const done = spawnSync(readsTypeScript ? process.execPath : NODE, [...quiet, program, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = done.status ?? 1;
