import { Refusal } from '#lib/base/refusal.ts';
import { environmentProblem } from '#lib/bookings/environment.ts';
import {
  BOOKING_NAME_MAX,
  bookingNameProblem,
  commandProblem,
  isPrivateRegistry,
  readImage,
} from '#lib/bookings/image.ts';
import { idempotencyKey } from '#lib/bookings/schema.ts';
import { LEAST_DISK_BYTES, MOST_DISK_BYTES } from '#lib/bookings/terms.ts';
import { regionsProblem } from '#lib/catalogue/continent.ts';
import { gpuModel } from '#lib/catalogue/gpu.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { LONGEST_RUN_SECONDS, MOST_JOBS, MOST_MACHINES, MOST_RETRIES, SHORTEST_RUN_SECONDS } from './job.ts';
import type { Requirements } from './requirements.ts';
import type { SubmitJobsInput } from './schema.ts';
import { JOB_VARIABLE } from './variables.ts';

/** What a renter submits, checked as far as it can be without looking at the market. */
export type Submission = Omit<SubmitJobsInput, 'name' | keyof Requirements> & {
  readonly name: string;
  readonly needs: Requirements;
};

const MOST_GPUS = 64;

/**
 * Checks a submission. A name that was left out is made from the image. Throws the refusal: `imageInvalid`, or `badInput` with
 * a sentence a field.
 */
export function readSubmission(
  input: SubmitJobsInput,
  market: { readonly privateRegistries: boolean; readonly keepsSecrets: boolean },
  now: Date,
): Submission {
  const image = readImage(input.image);
  if ('problem' in image) throw new Refusal('imageInvalid', { field: 'image' }, image.problem);
  if (!market.privateRegistries && isPrivateRegistry(image))
    throw new Refusal(
      'imageInvalid',
      { field: 'image' },
      "The registry of this image has an address of a private network: it would be the host's. Use a public one.",
    );
  const name = input.name?.trim() || nameFrom(image.path);
  const key = idempotencyKey.safeParse(input.idempotencyKey);
  const problems = {
    name: bookingNameProblem(name),
    command: commandProblem(input.command),
    environment: variablesProblem(input.environment, market.keepsSecrets),
    idempotencyKey: key.success ? null : (key.error.issues[0]?.message ?? 'This is no idempotency key.'),
    size: wholeProblem(input.size, 1, MOST_JOBS, 'jobs at once'),
    machines: wholeProblem(input.machines, 1, MOST_MACHINES, 'machines for one job'),
    gpuCount: wholeProblem(input.gpuCount, 1, MOST_GPUS, 'GPUs of a machine'),
    retries: wholeProblem(input.retries, 0, MOST_RETRIES, 'retries'),
    runSeconds: wholeProblem(input.runSeconds, SHORTEST_RUN_SECONDS, LONGEST_RUN_SECONDS, 'seconds of running'),
    regions: regionsProblem(input.regions),
    models: input.models.some((model) => /\p{Cc}/u.test(model)) ? 'A model has no control characters.' : null,
    diskBytes: diskProblem(input.diskBytes),
    maxPriceMicrosPerGpuHour: moreThanNothing(input.maxPriceMicrosPerGpuHour, 'A price'),
    capMicros: moreThanNothing(input.capMicros, 'A cap'),
    deadline: deadlineProblem(input.deadline, now),
    artifactsPath: pathProblem(input.artifactsPath),
    checkpointPath: pathProblem(input.checkpointPath),
  };
  const found = Object.entries(problems).filter((entry): entry is [string, string] => entry[1] !== null);
  if (found.length > 0) throw new Refusal('badInput', Object.fromEntries(found));
  const { gpuCount, vramGib, regions, leastTrust, maxPriceMicrosPerGpuHour, diskBytes, models, ...rest } = input;
  return {
    ...rest,
    image: image.text,
    name,
    needs: {
      gpuCount,
      models: models.map((model) => gpuModel(model)).filter((model) => model !== ''),
      vramGib,
      regions,
      leastTrust,
      maxPriceMicrosPerGpuHour,
      diskBytes,
    },
  };
}

function nameFrom(path: string): string {
  return [...(path.split('/').at(-1) ?? path)].slice(0, BOOKING_NAME_MAX).join('');
}

function wholeProblem(value: number, least: number, most: number, what: string): string | null {
  const said = (figure: number) => figure.toLocaleString('en-US');
  if (value < least) return `At least ${said(least)} ${what}.`;
  return value > most ? `At most ${said(most)} ${what}; this asks for ${said(value)}.` : null;
}

function variablesProblem(environment: Readonly<Record<string, string>>, keepsSecrets: boolean): string | null {
  const names = Object.keys(environment);
  const ours = names.find((name) => JOB_VARIABLE.test(name));
  if (ours !== undefined)
    return `${ours.slice(0, 40)} is set by this market: names that begin with SUBLET_ are its own.`;
  if (names.length > 0 && !keepsSecrets)
    return 'This market has no key to keep variables with until a job is placed (SUBLET_SECRETS_KEY). Leave them out.';
  return environmentProblem(environment);
}

function diskProblem(bytes: bigint): string | null {
  if (bytes < LEAST_DISK_BYTES) return `Take at least ${formatBytes(LEAST_DISK_BYTES)} of disk.`;
  return bytes > MOST_DISK_BYTES ? `Take at most ${formatBytes(MOST_DISK_BYTES)} of disk.` : null;
}

function moreThanNothing(micros: bigint | null, what: string): string | null {
  return micros !== null && micros <= 0n ? `${what} is more than $0.` : null;
}

function deadlineProblem(deadline: Date | null, now: Date): string | null {
  if (deadline === null) return null;
  const seconds = (deadline.getTime() - now.getTime()) / 1_000;
  return seconds < SHORTEST_RUN_SECONDS ? 'The deadline is at least a minute from now.' : null;
}

function pathProblem(path: string | null): string | null {
  if (path === null) return null;
  if (!path.startsWith('/')) return 'Write a path from the root, like /results.';
  if (path.split('/').includes('..')) return 'Write a path without "..".';
  return /\p{Cc}/u.test(path) ? 'A path has no control characters.' : null;
}
