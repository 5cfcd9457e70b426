import { type Micros, parseDollars } from '#lib/base/money.ts';
import { readCommand } from '#lib/bookings/command-line.ts';
import { parseEnvironment } from '#lib/bookings/environment.ts';
import { readRegions } from '#lib/catalogue/continent.ts';
import { TRUST_TIERS, type TrustTier } from '#lib/catalogue/machine.ts';
import type { SubmitJobsInput } from './schema.ts';

/** A submission as a person types it: everything is text. */
export const JOB_FIELDS = [
  'name',
  'image',
  'other',
  'command',
  'environment',
  'size',
  'machines',
  'gpus',
  'models',
  'vram',
  'regions',
  'trust',
  'price',
  'disk',
  'hours',
  'deadline',
  'retries',
  'cap',
  'artifacts',
  'checkpoints',
] as const;
export type JobTyped = { readonly [Field in (typeof JOB_FIELDS)[number]]: string };

/** The fields of {@link JobTyped} by what the command calls them. */
export const JOB_FIELD_OF: Readonly<Record<string, keyof JobTyped>> = {
  gpuCount: 'gpus',
  vramGib: 'vram',
  leastTrust: 'trust',
  maxPriceMicrosPerGpuHour: 'price',
  diskBytes: 'disk',
  runSeconds: 'hours',
  capMicros: 'cap',
  artifactsPath: 'artifacts',
  checkpointPath: 'checkpoints',
};

const GIB = 2 ** 30;
type Read = Omit<SubmitJobsInput, 'idempotencyKey' | 'anyway'>;

/** Reads a form, or says what is wrong with each field, in a sentence. What is too much is for the command to say. */
export function readTyped(typed: JobTyped): { input: Read } | { problems: Partial<Record<keyof JobTyped, string>> } {
  const problems: Partial<Record<keyof JobTyped, string>> = {};
  const whole = (field: keyof JobTyped, usual: number): number => {
    const text = typed[field].trim().replaceAll(',', '');
    if (text === '') return usual;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    problems[field] = 'Write a whole number.';
    return usual;
  };
  const decimal = (field: keyof JobTyped): number | null => {
    const text = typed[field].trim();
    if (text === '') return null;
    if (/^(\d{1,9}(\.\d{0,6})?|\.\d{1,6})$/.test(text)) return Number(text);
    problems[field] = 'Write a number, like 8 or 0.5.';
    return null;
  };
  const dollars = (field: keyof JobTyped): Micros | null => {
    const text = typed[field].trim().replace(/^\$/, '');
    if (text === '') return null;
    const micros = parseDollars(text);
    if (micros === undefined) problems[field] = 'Write an amount in dollars, like 0.30, or nothing.';
    return micros ?? null;
  };
  const list = (field: keyof JobTyped) =>
    typed[field]
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const command = readCommand(typed.command);
  if ('problem' in command) problems.command = command.problem;
  else if (command.command === null) problems.command = 'A job runs a command: write one.';
  const environment = parseEnvironment(typed.environment);
  if ('problem' in environment) problems.environment = environment.problem;
  const deadline = typed.deadline.trim() === '' ? null : new Date(`${typed.deadline.trim()}Z`);
  if (deadline !== null && Number.isNaN(deadline.getTime()))
    problems.deadline = 'Write a date and a time, like 2027-01-31T18:00.';
  const hours = decimal('hours');
  const disk = decimal('disk');
  const path = (field: keyof JobTyped) => (typed[field].trim() === '' ? null : typed[field].trim());
  const input: Read = {
    name: typed.name,
    image: typed.image === 'other' ? typed.other : typed.image,
    command: 'command' in command && command.command !== null ? [...command.command] : [],
    environment: 'environment' in environment ? environment.environment : {},
    size: whole('size', 1),
    machines: whole('machines', 1),
    gpuCount: whole('gpus', 1),
    models: list('models'),
    vramGib: decimal('vram'),
    regions: readRegions(typed.regions),
    leastTrust: (TRUST_TIERS as readonly string[]).includes(typed.trust) ? (typed.trust as TrustTier) : 'selfTested',
    maxPriceMicrosPerGpuHour: dollars('price'),
    diskBytes: BigInt(Math.round((disk ?? 16) * GIB)),
    runSeconds: Math.round((hours ?? 1) * 3_600),
    deadline,
    retries: whole('retries', 0),
    capMicros: dollars('cap'),
    artifactsPath: path('artifacts'),
    checkpointPath: path('checkpoints'),
  };
  return Object.keys(problems).length > 0 ? { problems } : { input };
}
