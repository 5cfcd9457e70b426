import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import type { Finish } from '#lib/catalogue/fit/finish.ts';
import { formulasOf } from '#lib/catalogue/fit/formulas.ts';
import { memoryNeed } from '#lib/catalogue/fit/memory.ts';
import { readSentence } from '#lib/catalogue/fit/sentence.ts';
import { PRECISIONS, WORKS } from '#lib/catalogue/fit/workload.ts';
import { readWorkload, workloadFields, workloadWord } from '#lib/catalogue/fit/workload-url.ts';
import { fitOnMarket } from '#lib/catalogue/queries/fit.ts';
import { answers, newDoor, toWire } from './door.ts';
import { offerSchema } from './listings.ts';

const range = z.object({ fast: z.number(), slow: z.number() });

const finish = z
  .object({
    gpus: z
      .int()
      .meta({ description: 'GPUs to book: enough for the memory, and no fewer than the host rents together' }),
    pullSeconds: z.number().meta({ description: 'Of the image, before anything is billed' }),
    downloadSeconds: z.number().meta({ description: 'Of weights and data, billed' }),
    linkMeasured: z.boolean(),
    workSeconds: range.nullable().meta({ description: 'Null where nobody knows the rates of the card' }),
    tokensPerSecond: range.nullable(),
    costMicros: z.object({ fast: z.string(), slow: z.string() }).nullable(),
  })
  .meta({ id: 'Finish', description: 'An estimate of how a workload goes on an offer; never a bill' });

/** An estimate as it travels: amounts as text, like all money. */
function finishToWire({ work, costMicros, ...rest }: Finish): z.input<typeof finish> {
  const cost = costMicros && { fast: String(costMicros.fast), slow: String(costMicros.slow) };
  return { ...rest, workSeconds: work, costMicros: cost };
}

const word = z.string().max(300).optional();
const query = z.object({
  q: word.meta({ description: 'In words: "fine-tune an 8B model". What is understood goes before the fields' }),
  model: word.meta({ description: 'Id of a known model, or `own` with the numbers below' }),
  params: word.meta({ description: 'Billions of parameters' }),
  layers: word,
  hidden: word,
  kvHeads: word,
  headDim: word,
  work: z.enum(WORKS).optional(),
  precision: z.enum(PRECISIONS).optional(),
  context: word.meta({ description: 'Tokens of one sequence' }),
  batch: word.meta({ description: 'Sequences at once' }),
  tokens: word.meta({ description: 'Millions, to train on or to generate' }),
  image: word.meta({ description: 'GB of the container image' }),
  data: word.meta({ description: 'GB of weights and data to download' }),
});

export const workloadFit = newDoor();

workloadFit.openapi(
  createRoute({
    method: 'get',
    path: '/fit',
    tags: ['Listings'],
    summary: 'What a workload needs of GPU memory, and which offers hold it at what time and cost',
    request: { query },
    responses: answers(
      z.object({
        understood: z.array(z.object({ words: z.string(), meaning: z.string() })),
        workload: z.record(z.string(), z.string()).meta({ description: 'The fields as they were read' }),
        job: z.string().meta({ description: 'The workload as one word: `GET /listings?job=` finds what holds it' }),
        memoryBytes: z.object({
          weights: z.number(),
          cache: z.number(),
          training: z.number(),
          activations: z.number(),
          split: z.number().meta({ description: 'All of these and what is lost in gaps: split over the GPUs' }),
          eachGpu: z.number().meta({ description: 'On each GPU beside its share' }),
        }),
        formulas: z.array(
          z.object({
            part: z.string(),
            formula: z.string(),
            numbers: z.string(),
            sources: z.array(z.object({ label: z.string(), href: z.string() })),
          }),
        ),
        offered: z.int(),
        fitting: z.int(),
        models: z.array(z.object({ offers: z.int(), best: z.object({ offer: offerSchema, finish }) })),
      }),
      'The need and the market',
    ),
  }),
  async (c) => {
    const { q, ...asked } = c.req.valid('query');
    const read = q === undefined ? { understood: [], fields: {} } : readSentence(q);
    const workload = readWorkload({ ...asked, ...read.fields });
    const need = memoryNeed(workload);
    const market = await fitOnMarket(c.var.actor, workload, theWorld.now());
    return c.json(
      {
        understood: [...read.understood],
        workload: Object.fromEntries(workloadFields(workload)),
        job: workloadWord(workload),
        memoryBytes: { ...need.parts, split: need.splitBytes, eachGpu: need.baseBytes },
        formulas: formulasOf(workload).map((formula) => ({ ...formula, sources: [...formula.sources] })),
        offered: market.offered,
        fitting: market.fitting,
        models: market.models.map(({ offers, best }) => ({
          offers,
          best: { offer: toWire(best.offer), finish: finishToWire(best.finish) },
        })),
      },
      200,
    );
  },
);
