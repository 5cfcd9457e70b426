import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HOME } from './lib/home.mjs';
import { launchProgram } from './lib/launch.mjs';

const [name, ...rest] = process.argv.slice(2).filter((argument, at) => at > 0 || argument !== '--');
if (name !== undefined && /^[a-z0-9-]+$/.test(name) && existsSync(join(HOME, 'bench', `${name}.ts`))) {
  await launchProgram(`bench/${name}.ts`, rest);
} else {
  const names = readdirSync(join(HOME, 'bench'))
    .filter((file) => /^[a-z0-9-]+\.ts$/.test(file))
    .map((file) => file.slice(0, -3));
  console.error(`Usage: npm run bench -- NAME, where NAME is one of: ${names.join(', ') || '(none yet)'}.`);
  process.exitCode = 2;
}
