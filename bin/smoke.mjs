import { launchProgram } from './lib/launch.mjs';

await launchProgram('cli/smoke.ts');
