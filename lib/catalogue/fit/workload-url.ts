import type { Params } from '#lib/catalogue/search.ts';
import { type ModelShape, nearestModel, openModel } from './open-models.ts';
import {
  GB,
  LIMITS,
  PRECISIONS,
  PRECISIONS_OF,
  USUAL_IMAGE_BYTES,
  usualDataBytes,
  usualSizes,
  WORKS,
  type Workload,
} from './workload.ts';

type Limit = readonly [least: number, most: number];

function first(params: Params, name: string): string {
  const value = params[name];
  return (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
}

/** A plain number, also "8k", "2M" and "1,000"; undefined for anything else. */
export function readAmount(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*([kmbt]?)$/i.exec(text.replaceAll(/[,_\s]/g, ''));
  if (match === null) return undefined;
  const factor = { '': 1, k: 1e3, m: 1e6, b: 1e9, t: 1e12 }[(match[2] ?? '').toLowerCase()] ?? 1;
  return Number(match[1]) * factor;
}

function amount(text: string, factor: number, [least, most]: Limit, otherwise: number): number {
  const read = readAmount(text);
  if (read === undefined) return otherwise;
  const value = Math.round(read * factor);
  return value >= least && value <= most ? value : otherwise;
}

const whole = (text: string, limit: Limit, otherwise: number) => amount(text, 1, limit, otherwise);

/**
 * Reads a workload from the fields of the form, whose names stand in the address. What makes no sense becomes what is usual. `params`
 * is in billions, `tokens` in millions, `image` and `data` in GB.
 */
export function readWorkload(params: Params): Workload {
  const asked = (name: string) => first(params, name);
  const work = WORKS.find((word) => word === asked('work')) ?? 'inference';
  const choices = PRECISIONS_OF[work];
  const precision = PRECISIONS.find((word) => word === asked('precision') && choices.includes(word)) ?? choices[0];
  const known = openModel(asked('model'));
  const shape = known ?? readShape(params);
  const sizes = usualSizes(work);
  return {
    model: known?.id ?? (asked('model') === '' && asked('params') === '' ? 'llama-3.1-8b' : null),
    shape,
    work,
    precision,
    contextTokens: whole(asked('context'), LIMITS.contextTokens, sizes.contextTokens),
    batch: whole(asked('batch'), LIMITS.batch, sizes.batch),
    tokens: amount(asked('tokens'), 1e6, LIMITS.tokens, sizes.tokens),
    imageBytes: amount(asked('image'), GB, LIMITS.bytes, USUAL_IMAGE_BYTES),
    dataBytes: amount(asked('data'), GB, LIMITS.bytes, usualDataBytes(shape)),
  };
}

/** Numbers of a model of one's own; what is left out is as in the model of the table that is nearest in size. */
function readShape(params: Params): ModelShape {
  const billions = amount(first(params, 'params'), 1e9, LIMITS.params, 8.030261248e9);
  const near = nearestModel(billions);
  const layers = whole(first(params, 'layers'), LIMITS.layers, near.layers);
  const hidden = whole(first(params, 'hidden'), LIMITS.hidden, near.hidden);
  const kvHeads = whole(first(params, 'kvHeads'), LIMITS.kvHeads, near.kvHeads);
  const headDim = whole(first(params, 'headDim'), LIMITS.headDim, near.headDim);
  const heads = Math.max(1, Math.round(hidden / headDim));
  const { intermediate, vocab, tied } = near;
  return {
    ...{ params: billions, activeParams: billions, layers, hidden, heads, kvHeads, headDim },
    ...{ intermediate, vocab, tied, experts: 1, activeExperts: 1 },
  };
}

/** A number of the address: at most six digits behind the point, none that say nothing. */
function plain(value: number): string {
  return String(Number(value.toFixed(6)));
}

/** The fields of the form for a workload. Reads back with {@link readWorkload}. */
export function workloadFields(workload: Workload): [name: string, value: string][] {
  const { model, shape, work, precision, contextTokens, batch, tokens, imageBytes, dataBytes } = workload;
  const own: [string, string][] =
    model === null
      ? [
          ['model', 'own'],
          ['params', plain(shape.params / 1e9)],
          ['layers', String(shape.layers)],
          ['hidden', String(shape.hidden)],
          ['kvHeads', String(shape.kvHeads)],
          ['headDim', String(shape.headDim)],
        ]
      : [['model', model]];
  return [
    ...own,
    ['work', work],
    ['precision', precision],
    ['context', String(contextTokens)],
    ['batch', String(batch)],
    ['tokens', plain(tokens / 1e6)],
    ['image', plain(imageBytes / GB)],
    ['data', plain(dataBytes / GB)],
  ];
}

/** The address of the page that says what a workload needs. */
export function fitHref(workload: Workload, path = '/fit'): string {
  return `${path}?${new URLSearchParams(workloadFields(workload))}`;
}

const ORDER = ['work', 'precision', 'context', 'batch', 'tokens', 'image', 'data'] as const;
const SHAPE = ['params', 'layers', 'hidden', 'kvHeads', 'headDim'] as const;

/** A workload as one word, for the address of a search: "llama-3.1-8b_qlora_int4_2048_4_10_8_17.1". */
export function workloadWord(workload: Workload): string {
  const fields = Object.fromEntries(workloadFields(workload));
  const model = workload.model ?? SHAPE.map((name) => fields[name]).join('-');
  return [model, ...ORDER.map((name) => fields[name])].join('_');
}

/** Reads {@link workloadWord}; null for what is none. */
export function readWorkloadWord(word: string): Workload | null {
  const [model = '', ...rest] = word.split('_');
  if (rest.length !== ORDER.length) return null;
  const fields: Record<string, string> = Object.fromEntries(ORDER.map((name, at) => [name, rest[at] ?? '']));
  if (openModel(model) === undefined) {
    const shape = model.split('-');
    if (shape.length !== SHAPE.length) return null;
    SHAPE.forEach((name, at) => {
      fields[name] = shape[at] ?? '';
    });
    fields.model = 'own';
  } else fields.model = model;
  const workload = readWorkload(fields);
  // Only what it would be written as: an address that was changed by hand means nothing.
  return workloadWord(workload) === word ? workload : null;
}
