import { launch } from './lib/launch.mjs';

await launch('./backup/main.mjs');
