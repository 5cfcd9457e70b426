import { parseArgs } from 'node:util';
import { buildTools, ToolsUnavailable } from './lib/tools.mjs';

const { values } = parseArgs({
  options: {
    root: { type: 'string', default: '.sublet' },
    arch: { type: 'string', default: process.arch },
    release: { type: 'string' },
    refresh: { type: 'boolean', default: false },
  },
});

try {
  const made = buildTools({ ...values, say: (line) => process.stderr.write(`${line}\n`) });
  const { version, openssh, release, directory, archive, sha256, built } = made;
  process.stdout.write(`${JSON.stringify({ version, openssh, release, directory, archive, sha256, built })}\n`);
} catch (error) {
  if (!(error instanceof ToolsUnavailable)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
