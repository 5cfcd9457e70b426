import { setPriority } from 'node:os';
import { join } from 'node:path';
import { HOME } from './lib/home.mjs';
import { makeNodePieces } from './lib/node-pieces.mjs';

// Nobody waits for this: it must not slow down what somebody waits for.
setPriority(10);
const missing = await makeNodePieces(process.argv[2] ?? join(HOME, '.sublet', 'dist'));
for (const [arch, why] of Object.entries(missing)) process.stderr.write(`No Node.js for ${arch} machines: ${why}\n`);
