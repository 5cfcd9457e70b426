import { bundleAgent } from './lib/agent-bundle.mjs';
import { report } from './lib/say.mjs';

try {
  const { path, sha256 } = await bundleAgent(process.argv[2]);
  console.log(`${sha256}  ${path}`);
} catch (error) {
  process.exitCode = report(error);
}
