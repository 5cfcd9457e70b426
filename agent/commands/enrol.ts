import { AGENT_VERSION } from '../../protocol/agent-version.ts';
import { systemClock } from '../clock.ts';
import { enrol } from '../enrol.ts';
import { makePrivateFolder, writePrivateFile } from '../io/files.ts';
import { type Identity, identityOf, keepIdentity, thisMachineMark } from '../io/identity.ts';
import { httpMarket, marketUrl } from '../io/market.ts';
import type { Log } from '../log.ts';
import { thisMachine } from './machine.ts';
import { gpuSourceOf, type Options, recordingPath, simulationToKeep, UsageError } from './options.ts';

/** Enrols this machine with a one-time code and keeps who it is now. Refuses when it is enrolled already. */
export async function enrolThisMachine(options: Options, code: string, log: Log): Promise<Identity> {
  const { dir, simulate } = options;
  if (options.market === undefined) throw new UsageError('Say which market: --market https://market.example.');
  const present = identityOf(dir);
  if (present !== null) throw new Error(alreadyEnrolled(present, dir));
  if (code === '') throw new UsageError('Say the enrolment code that the page "List a machine" shows.');
  const market = httpMarket(marketUrl(options.market));
  makePrivateFolder(dir);
  const { keys, describe } = await thisMachine({
    dir,
    market: market.url,
    machineId: 'not-enrolled',
    gpuSource: gpuSourceOf(simulate, null, dir),
    toolsDirectory: dir,
  });
  const specification = await describe();
  for (const problem of specification.problems) log.warn(problem);
  const enrolled = await enrol({ market, keys, code, specification, agentVersion: AGENT_VERSION, clock: systemClock });
  const { note, recording } = simulationToKeep(simulate);
  if (recording !== null) writePrivateFile(recordingPath(dir), recording);
  const identity = { ...enrolled, machine: thisMachineMark(), simulate: note };
  keepIdentity(dir, identity);
  log.info(`This machine is enrolled in ${market.url} as ${identity.machineId}.`);
  return identity;
}

function alreadyEnrolled({ market, machineId }: Identity, dir: string): string {
  return `This machine is already enrolled in ${market} as ${machineId} (see ${dir}). To enrol it anew, run "sublet-agent uninstall" first.`;
}
