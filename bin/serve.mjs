import { report } from './lib/say.mjs';
import { serve } from './lib/serve.mjs';

try {
  process.exitCode = await serve(process.argv[2]);
} catch (error) {
  process.exitCode = report(error);
}
