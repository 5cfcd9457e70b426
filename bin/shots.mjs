import { launch } from './lib/launch.mjs';

await launch('./shots.mjs');
