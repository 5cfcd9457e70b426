import { launchProgram } from './lib/launch.mjs';

await launchProgram('tests/support/stripe-double/main.ts');
