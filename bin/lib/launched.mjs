import { report } from './say.mjs';

const [module, ...args] = process.argv.slice(2);
try {
  const { main } = await import(module);
  process.exitCode = await main(args);
} catch (error) {
  process.exitCode = report(error);
}
