#!/usr/bin/env node
// `verify` needs nothing but Node; what talks to a market runs from the installed packages.
const VERBS = {
  verify: () => import('./verify.mjs'),
  countersign: async () => (await import('./lib/launch.mjs')).launchProgram('cli/countersign.ts'),
};

const verb = process.argv[2] ?? '';
if (Object.hasOwn(VERBS, verb)) {
  process.argv.splice(2, 1);
  await VERBS[verb]();
} else {
  console.error(`Usage: sublet ${Object.keys(VERBS).join(' | ')} …`);
  process.exitCode = 2;
}
