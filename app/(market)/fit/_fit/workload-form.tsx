import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Input, Select } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { MODELS_AS_OF, OPEN_MODELS } from '#lib/catalogue/fit/open-models.ts';
import {
  PRECISION_LABELS,
  PRECISIONS,
  USUAL_IMAGE_BYTES,
  usualDataBytes,
  usualSizes,
  WORK_LABELS,
  WORKS,
  type Workload,
} from '#lib/catalogue/fit/workload.ts';
import { workloadFields } from '#lib/catalogue/fit/workload-url.ts';

const OWN = [
  ['params', 'Parameters'],
  ['layers', 'Layers'],
  ['hidden', 'Hidden size'],
  ['kvHeads', 'KV heads'],
  ['headDim', 'Head size'],
] as const;

/** The workload as a plain form: what is chosen becomes the address, with or without scripts. */
export function WorkloadForm({ workload }: { workload: Workload }) {
  const values: Record<string, string | undefined> = Object.fromEntries(workloadFields(workload));
  const { layers, hidden, kvHeads, headDim, params } = workload.shape;
  const shape = { params: params / 1e9, layers, hidden, kvHeads, headDim };
  const usual: Record<string, string | undefined> = Object.fromEntries(
    workloadFields({
      ...workload,
      ...usualSizes(workload.work),
      imageBytes: USUAL_IMAGE_BYTES,
      dataBytes: usualDataBytes(workload.shape),
    }),
  );
  const number = (name: string, label: string, after?: ReactNode) => (
    <Field label={label} id={name} key={name}>
      {(aria) => (
        <Input
          name={name}
          inputMode="decimal"
          autoComplete="off"
          after={after}
          key={`${values[name]} ${usual[name]}`}
          // What is usual stays empty: it follows the model and the work that are chosen.
          placeholder={usual[name]}
          defaultValue={values[name] === usual[name] ? '' : (values[name] ?? '')}
          {...aria}
        />
      )}
    </Field>
  );
  return (
    <form method="get" action="/fit" aria-label="Workload" className="space-y-4">
      <Field
        label="Model"
        id="model"
        hint={`Dimensions as their makers publish them, written down on ${MODELS_AS_OF}.`}
      >
        {(aria) => (
          <Select name="model" defaultValue={workload.model ?? 'own'} key={workload.model} {...aria}>
            {OPEN_MODELS.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
            <option value="own">numbers of my own</option>
          </Select>
        )}
      </Field>
      <details open={workload.model === null} className="rounded-md border border-line px-3 py-2">
        <summary className="min-h-6 font-medium text-sm">Numbers of my own</summary>
        <p className="mt-1 mb-3 text-muted text-xs">Used when “numbers of my own” is chosen above.</p>
        <div className="grid grid-cols-2 gap-3">
          {OWN.map(([name, label]) => (
            <Field label={label} id={name} key={name}>
              {(aria) => (
                <Input
                  name={name}
                  inputMode="decimal"
                  autoComplete="off"
                  after={name === 'params' ? 'B' : undefined}
                  key={shape[name]}
                  defaultValue={String(Number(shape[name].toPrecision(9)))}
                  {...aria}
                />
              )}
            </Field>
          ))}
        </div>
      </details>
      <div className="grid grid-cols-2 gap-3">
        <Field label="Work" id="work">
          {(aria) => (
            <Select name="work" defaultValue={workload.work} key={workload.work} {...aria}>
              {WORKS.map((work) => (
                <option key={work} value={work}>
                  {WORK_LABELS[work]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Weights in" id="precision">
          {(aria) => (
            <Select name="precision" defaultValue={workload.precision} key={workload.precision} {...aria}>
              {PRECISIONS.map((precision) => (
                <option key={precision} value={precision}>
                  {PRECISION_LABELS[precision].split(' ')[0]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {number('context', 'Tokens a sequence')}
        {number('batch', 'Sequences at once')}
        {number('tokens', workload.work === 'inference' ? 'Tokens to generate' : 'Tokens to train on', 'million')}
        {number('image', 'Container image', 'GB')}
        {number('data', 'Weights and data', 'GB')}
      </div>
      <Button type="submit" variant="primary">
        Work it out
      </Button>
    </form>
  );
}
