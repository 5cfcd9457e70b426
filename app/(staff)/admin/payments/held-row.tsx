import type { ComponentProps, ReactNode } from 'react';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';

type Dialog = ComponentProps<typeof ConfirmDialog>;

/** One of the ways in which an admin can decide, and what it is called. */
export type Way = Pick<Dialog, 'trigger' | 'variant' | 'title' | 'consequences' | 'confirmLabel'> & {
  readonly decision: string;
};

/** Something that waits for an admin: what it is, and each way to decide about it, with a reason. */
export function HeldRow({
  ways,
  action,
  hidden,
  children,
}: {
  ways: readonly Way[];
  action: Dialog['action'];
  /** What names it in the form. */
  hidden: Readonly<Record<string, string>>;
  children: ReactNode;
}) {
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 border-line border-b px-4 py-3 last:border-b-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-72 space-y-1 text-sm">{children}</div>
      <div className="flex flex-wrap gap-2">
        {ways.map(({ decision, ...way }) => (
          <ConfirmDialog key={decision} {...way} size="sm" action={action} hidden={{ ...hidden, decision }}>
            <TextareaField name="reason" label="Reason" hint="Other admins read it." required maxLength={500} />
          </ConfirmDialog>
        ))}
      </div>
    </li>
  );
}
