import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HOME } from './home.mjs';

/** Native add-ons that a host's machine may have and the bundle must do without. */
const LEFT_OUT = ['cpu-features', '*.node', 'koffi', 'webgpu'];

/** Docker over ssh is not for an agent that stands beside its Docker Engine; its client parses ssh, which no program of ours does. */
const WITHOUT_SSH2 = {
  name: 'without-ssh2',
  setup(build) {
    build.onResolve({ filter: /^ssh2$/ }, () => ({ path: 'ssh2', namespace: 'left-out' }));
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * Makes the agent one file that any Node 24 runs, with its SHA-256 beside it (`agent.mjs.sha256`, in the form that `sha256sum -c` reads). The same sources
 * give the same bytes.
 */
export async function bundleAgent(folder = join(HOME, '.sublet', 'dist')) {
  const { build, stop } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: HOME,
    entryPoints: ['agent/main.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: LEFT_OUT,
    plugins: [WITHOUT_SSH2],
    legalComments: 'inline',
    logLevel: 'silent',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);\nconst __dirname = import.meta.dirname;",
    },
  });
  // Its service would stay for as long as this program does.
  await stop();
  const [bundle] = outputFiles;
  const sha256 = createHash('sha256').update(bundle.contents).digest('hex');
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'agent.mjs');
  if ((await readFile(`${path}.sha256`, 'utf8').catch(() => '')).startsWith(sha256)) return { path, sha256 };
  await place(path, bundle.contents);
  await place(`${path}.sha256`, `${sha256}  agent.mjs\n`);
  return { path, sha256 };
}

/** Never half a file: a download may be going on. */
async function place(path, contents) {
  const half = join(dirname(path), `.${process.pid}.half`);
  await writeFile(half, contents, { mode: 0o644 });
  await rename(half, path);
}
