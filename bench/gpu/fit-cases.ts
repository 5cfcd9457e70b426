import { openModel } from '#lib/catalogue/fit/open-models.ts';

/** The workloads that `fit.py` runs on a GPU, with the shapes of our table: `node bench/gpu/fit-cases.ts > cases.json`. */
const CASES = [
  ['llama-3.1-8b', 'inference', 'fp16', 512, 1, 'generate'],
  ['llama-3.1-8b', 'inference', 'fp16', 512, 16, 'generate'],
  ['qwen2.5-14b', 'inference', 'fp16', 512, 1, 'generate'],
  ['llama-3.2-1b', 'inference', 'fp16', 8_192, 1, 'generate'],
  ['llama-3.2-1b', 'inference', 'fp16', 131_072, 1, 'generate'],
  ['llama-3.2-3b', 'inference', 'fp32', 4_096, 4, 'generate'],
  ['llama-3.1-8b', 'inference', 'fp16', 8_192, 1, 'generate'],
  ['llama-3.1-8b', 'inference', 'fp16', 4_096, 16, 'generate'],
  ['qwen2.5-14b', 'inference', 'fp16', 4_096, 8, 'generate'],
  ['llama-3.2-1b', 'full', 'fp16', 2_048, 4, 'autocast'],
  ['llama-3.2-1b', 'full', 'fp16', 2_048, 4, 'copies'],
  ['llama-3.2-3b', 'full', 'fp16', 1_024, 2, 'copies'],
  ['llama-3.2-3b', 'full', 'fp16', 2_048, 4, 'autocast'],
  ['llama-2-7b', 'lora', 'fp16', 4_096, 2, 'autocast'],
  ['mistral-7b', 'lora', 'fp16', 2_048, 1, 'autocast'],
  ['mistral-7b', 'lora', 'fp16', 8_192, 4, 'autocast'],
  ['llama-3.2-3b', 'lora', 'fp16', 2_048, 8, 'autocast'],
  ['llama-3.1-8b', 'lora', 'fp16', 2_048, 4, 'autocast'],
  ['llama-3.1-8b', 'lora', 'fp16', 8_192, 1, 'autocast'],
  ['qwen2.5-7b', 'lora', 'fp16', 2_048, 4, 'autocast'],
] as const;

const cases = CASES.map(([model, work, precision, contextTokens, batch, how]) => {
  const shape = openModel(model);
  if (shape === undefined) throw new Error(`the table has no model ${model}`);
  return { model, work, precision, contextTokens, batch, how, shape };
});
process.stdout.write(`${JSON.stringify(cases, null, 1)}\n`);
