import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { Sentence } from '#lib/catalogue/fit/sentence.ts';

const EXAMPLES =
  'fine-tune an 8B model on 20M tokens · serve qwen2.5-32b in 4-bit for 16 users · train a 1.5B model on 30B tokens';

/** Say it in words: what was understood is listed and stands in the fields below, where it can be changed. */
export function SentencePanel({ asked, read }: { asked: string; read: Sentence | null }) {
  return (
    <Panel>
      <form method="get" action="/fit" className="flex flex-wrap items-end gap-2" aria-label="In words">
        <Field label="What do you want to run?" id="q" className="min-w-0 flex-1 basis-72" hint={EXAMPLES}>
          {(aria) => <Input name="q" defaultValue={asked} maxLength={300} autoComplete="off" {...aria} />}
        </Field>
        <Button type="submit" variant="primary" className="mb-6">
          Read it
        </Button>
      </form>
      {read !== null && (
        <div role="status" className="mt-3 border-line border-t pt-3 text-sm">
          {read.understood.length === 0 ? (
            <p>
              Nothing of “<span className="[overflow-wrap:anywhere]">{asked}</span>” was understood. Name a model or a
              size, and what to do with it; or fill in the fields.
            </p>
          ) : (
            <>
              <p className="text-muted">This was understood; everything else is what is usual. Change it below.</p>
              <ul className="mt-1 flex flex-wrap gap-x-5 gap-y-1">
                {read.understood.map(({ words, meaning }) => (
                  <li key={words}>
                    “{words}” <span aria-hidden>→</span>
                    <span className="sr-only">is</span> <strong className="font-medium">{meaning}</strong>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
    </Panel>
  );
}
