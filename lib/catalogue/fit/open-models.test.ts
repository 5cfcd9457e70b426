import { expect, it } from 'vitest';
import { nearestModel, OPEN_MODELS, type OpenModel } from './open-models.ts';

/** Parameters as the layers of each family add up: what a wrong digit in any column would break. */
function addedUp(model: OpenModel): number {
  const { hidden, heads, kvHeads, headDim, intermediate, vocab, layers, experts } = model;
  const attention = hidden * headDim * (2 * heads + 2 * kvHeads);
  const feedForward = 3 * hidden * intermediate * experts;
  const router = experts > 1 ? hidden * experts : 0;
  const norms = (model.id.startsWith('gemma') ? 4 : 2) * hidden;
  const biases = model.id.startsWith('qwen2.5') ? headDim * (heads + 2 * kvHeads) : 0;
  const headNorms = model.id.startsWith('qwen3') ? 2 * headDim : 0;
  const embeddings = vocab * hidden * (model.tied ? 1 : 2);
  return embeddings + hidden + layers * (attention + feedForward + router + norms + biases + headNorms);
}

it.each(OPEN_MODELS.map((model) => [model.name, model] as const))(
  'has the parameters of %s that its layers add up to',
  (_, model) => {
    expect(model.params).toBe(addedUp(model));
    const idle = 3 * model.hidden * model.intermediate * (model.experts - model.activeExperts) * model.layers;
    expect(model.activeParams).toBe(model.params - idle);
  },
);

it('finds the nearest size', () => {
  expect(nearestModel(8e9).id).toBe('llama-3.1-8b');
  expect(nearestModel(69e9).id).toBe('llama-3.1-70b');
  expect(nearestModel(1).id).toBe('qwen2.5-0.5b');
});
