import type { SelfTest, Specification } from '../protocol/specification.ts';
import { gpuChecks } from './checks/gpus.ts';
import { clockCheck, engineCheck, folderCheck, hostChecks } from './checks/host.ts';
import { type Found, failed, passed, type SelfTestCheck } from './checks/row.ts';
import { messageOf } from './log.ts';

/** Something that is tried: resolves to what was found, or rejects with the sentence why it does not work. */
export type Trial = () => Promise<string | Found>;

/** What can be tried on this machine. */
export type Trials = {
  /** The ssh tools that every container gets. */
  tools: Trial;
  /** A container starts, has an ssh server that answers, and is gone again. */
  container: Trial;
  /** Every gateway that the market named can be reached from here. */
  gateways: Trial;
  /** The folder that identity, journal and rentals are kept in. */
  folder: string;
  /** How far the clock of this machine is ahead of the market's, in milliseconds; null before the market was heard. */
  clockOffsetMs?: (() => number | null) | undefined;
};

/** Tries what a rental needs. Each row says what was tried, how it went, and how to mend it; it never rejects. */
export async function runSelfTest(specification: Specification, trials: Trials, now: Date): Promise<SelfTest> {
  const checks: SelfTestCheck[] = [engineCheck(specification)];
  checks.push(
    await attempt(
      'ssh tools',
      trials.tools,
      'Restart the agent: it brings the tools from the market. Without them renters have no shell.',
    ),
  );
  const ready = checks.every((check) => check.passed);
  checks.push(
    ready
      ? await attempt(
          'container starts',
          trials.container,
          'Look at the log of Docker ("journalctl -u docker"), then restart Docker and the agent.',
        )
      : failed('container starts', { detail: 'Not tried, because of what failed before.' }, 'Mend what failed before.'),
  );
  checks.push(
    await attempt(
      'gateway reachable',
      trials.gateways,
      'Allow outgoing TCP connections to the gateway. No port has to be opened inwards.',
    ),
  );
  checks.push(...gpuChecks(specification), ...hostChecks(specification));
  if (trials.clockOffsetMs !== undefined) checks.push(clockCheck(trials.clockOffsetMs()));
  checks.push(folderCheck(trials.folder));
  return { at: now.toISOString(), passed: checks.every((check) => check.passed), checks };
}

async function attempt(name: string, trial: Trial, fix: string): Promise<SelfTestCheck> {
  try {
    const found = await trial();
    return passed(name, typeof found === 'string' ? { detail: found } : found);
  } catch (error) {
    return failed(name, { detail: messageOf(error) }, fix);
  }
}
