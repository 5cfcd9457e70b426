import { Badge } from '#components/ui/badge.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { SelectField, TextareaField } from '#components/ui/form-fields.tsx';
import { Money } from '#components/ui/money.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { formatDollars } from '#lib/base/money.ts';
import type { DifferenceRow } from '#lib/payments/queries/reconciliation.ts';
import { DIFFERENCE_WORDS, whatToDo } from '#lib/payments/reconciliation.ts';
import { book, explain } from './actions.ts';

/** Differences, each with both figures, what to do, and a decision. */
export function DifferenceList({ rows }: { rows: readonly DifferenceRow[] }) {
  return (
    <ul className="border-line border-t">
      {rows.map((row) => (
        <li
          key={row.id}
          className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 border-line border-b px-4 py-3 last:border-b-0 sm:px-5"
        >
          <div className="min-w-0 flex-1 basis-72 space-y-1 text-sm">
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={row.explainedAt === null ? 'bad' : 'neutral'}>{DIFFERENCE_WORDS[row.kind]}</Badge>
              <span className="break-all font-mono text-xs">{row.subject}</span>
              <span className="text-muted text-xs">
                found <TimeAgo at={row.foundAt} />
              </span>
            </p>
            <p>
              Our books <Money micros={row.booksMicros} signed /> · provider{' '}
              <Money micros={row.providerMicros} signed /> · difference{' '}
              <Money micros={row.providerMicros - row.booksMicros} signed className="font-medium" />
            </p>
            {row.explanation === null ? (
              <p className="text-muted [overflow-wrap:anywhere]">{whatToDo(row.kind, row.subject)}</p>
            ) : (
              <p className="text-muted [overflow-wrap:anywhere]">
                {row.explanation} — {row.explainedBy ?? 'somebody'}
                {row.explainedAt !== null && (
                  <>
                    , <TimeAgo at={row.explainedAt} />
                  </>
                )}
              </p>
            )}
          </div>
          {row.explainedAt === null && (
            <div className="flex flex-wrap gap-2">
              <BookDialog row={row} />
              <ConfirmDialog
                trigger="Explain…"
                variant="secondary"
                size="sm"
                title="Explain this difference?"
                consequences={[
                  'It is no longer red while both figures stay as they are.',
                  'No money moves and the books stay as they are.',
                  'Your name and reason stay in the audit trail.',
                ]}
                action={explain}
                hidden={{ differenceId: row.id }}
                confirmLabel="Explain"
              >
                <TextareaField name="reason" label="Reason" hint="Other admins read it." required maxLength={500} />
              </ConfirmDialog>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What really happened there and is missing here becomes a transfer of ours. */
function BookDialog({ row }: { row: DifferenceRow }) {
  const more = row.providerMicros > row.booksMicros;
  return (
    <ConfirmDialog
      trigger="Book…"
      variant="secondary"
      size="sm"
      title="Book this difference?"
      consequences={[
        `${formatDollars(row.providerMicros - row.booksMicros)} at the provider becomes one transfer ${more ? 'to' : 'from'} whom you choose.`,
        'Look it up at the provider first: a transfer is never taken back, only followed by another one.',
        'Your name and reason stay in the books and in the audit trail.',
      ]}
      action={book}
      hidden={{ differenceId: row.id }}
      confirmLabel="Book it"
    >
      <SelectField name="account" id={`account-${row.id}`} label="Whose money it is" required defaultValue="">
        <option value="" disabled>
          Choose
        </option>
        <option value="market">The market’s: {more ? 'a gain' : 'a cost'}</option>
        <option value="renter">The renter’s, whose payment it is: {more ? 'into' : 'out of'} their wallet</option>
      </SelectField>
      <TextareaField
        name="reason"
        id={`booked-${row.id}`}
        label="Reason"
        hint="What happened at the provider. It stands on the transfer."
        required
        maxLength={500}
      />
    </ConfirmDialog>
  );
}
