import { generate } from './lib/generate.mjs';
import { report } from './lib/say.mjs';
import { writeVerifyBundle } from './lib/verify-bundle.mjs';

try {
  const made = await generate();
  if (await writeVerifyBundle()) console.log('bin/verify.mjs was made anew: commit it with its sources.');
  if (!made) console.log('The database client is up to date.');
} catch (error) {
  process.exitCode = report(error);
}
