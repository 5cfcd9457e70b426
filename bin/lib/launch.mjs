import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { NODE, nodeForRun } from './home.mjs';
import { ensurePackages } from './packages.mjs';
import { report, Stop } from './say.mjs';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs `main` (a module beside this one that exports `main(args)`, resolving to an exit code) under Node 24, installing the locked packages first where they
 * are missing. Any Node from 20.19 may call this.
 */
export async function launch(module, args = process.argv.slice(2)) {
  try {
    if (!args.includes('--no-setup')) await ensurePackages();
    if (Number(process.versions.node.split('.')[0]) >= 24) {
      quietAboutExperiments();
      const { main } = await import(module);
      process.exitCode = await main(args);
      return;
    }
    process.exitCode = await again(nodeForRun(), fileURLToPath(new URL('./launched.mjs', import.meta.url)), [
      module,
      ...args,
    ]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Node calls the engine that migrates the database, a WebAssembly module, an experiment; everything else it warns of is shown. */
function quietAboutExperiments() {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.stack}\n`);
  });
}

/** Runs a TypeScript program of the repository under Node 24 with the arguments of this command, and ends as it ended. */
export async function launchProgram(path, args = process.argv.slice(2)) {
  try {
    await ensurePackages();
    process.exitCode = await again(nodeForRun(), fileURLToPath(new URL(`../../${path}`, import.meta.url)), args);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function again(node, script, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...args], { stdio: 'inherit' });
    for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
    child.once('error', (error) => {
      reject(
        error.code === 'ENOENT'
          ? new Stop(`Node 24 is not where npm should have put it (${NODE}). Delete node_modules and start again.`)
          : error,
      );
    });
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1)));
  });
}
