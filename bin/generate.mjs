import { generate } from './lib/generate.mjs';
import { report } from './lib/say.mjs';

try {
  const made = await generate();
  if (!made) console.log('The database client is up to date.');
} catch (error) {
  process.exitCode = report(error);
}
