import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';

/** A search that lives in the address: works without scripts, can be shared. */
export function FindForm({ label, text, children }: { label: string; text: string; children?: ReactNode }) {
  return (
    <form method="get" className="flex flex-wrap items-end gap-3">
      <div className="min-w-0 grow basis-64">
        <Field label={label}>
          {(aria) => <Input {...aria} name="q" type="search" defaultValue={text} maxLength={200} />}
        </Field>
      </div>
      {children}
      <Button type="submit">Find</Button>
    </form>
  );
}
