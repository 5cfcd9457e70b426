#!/usr/bin/env node
const VERBS = { verify: './verify.mjs' };

const verb = process.argv[2] ?? '';
if (Object.hasOwn(VERBS, verb)) {
  process.argv.splice(2, 1);
  await import(VERBS[verb]);
} else {
  console.error(`Usage: sublet ${Object.keys(VERBS).join(' | ')} …`);
  process.exitCode = 2;
}
