import { styleText } from 'node:util';
import { identityOf } from '../io/identity.ts';
import type { Log } from '../log.ts';
import { runSelfTest } from '../self-test.ts';
import { trialsOf } from '../trials.ts';
import { thisMachine } from './machine.ts';
import { gpuSourceOf, type Options, UsageError } from './options.ts';
import { toolsFor } from './run.ts';

/** Tries what a rental needs and prints a line for each; resolves to whether all passed. Needs no running agent. */
export async function selfTestCommand(options: Options, log: Log, print: (line: string) => void): Promise<boolean> {
  const identity = identityOf(options.dir);
  const market = options.market ?? identity?.market;
  if (market === undefined) throw new UsageError('Say which market: --market https://market.example.');
  const toolsDirectory = await toolsFor(options, market, log, AbortSignal.abort());
  const machine = await thisMachine({
    dir: options.dir,
    market,
    machineId: identity?.machineId ?? 'not-enrolled',
    gpuSource: gpuSourceOf(options.simulate, identity?.simulate ?? null, options.dir),
    toolsDirectory,
  });
  const { runtime } = machine;
  const trials = trialsOf({ runtime, toolsDirectory, folder: options.dir, gateways: [] });
  const { checks, passed } = await runSelfTest(await machine.describe(), trials, new Date());
  for (const { name, passed: good, warning, detail, wanted, fix } of checks) {
    const word = !good
      ? styleText('red', 'failed')
      : warning
        ? styleText('yellow', 'look  ')
        : styleText('green', 'passed');
    print(`${word}  ${name}: ${detail}`);
    if (fix !== null) print(`        ${fix}${wanted ? ` Wanted: ${wanted}.` : ''}`);
  }
  return passed;
}
