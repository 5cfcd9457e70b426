import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { shortName } from '#lib/base/words.ts';
import { restore, suspend } from '../actions.ts';

type Props = {
  person: { id: string; name: string; suspendedAt: Date | null };
  effects: readonly string[];
  own: boolean;
};

/** Suspends an account, or restores it; what that does to what it has now is said first. */
export function StandingActions({ person, effects, own }: Props) {
  if (person.suspendedAt === null)
    return (
      <ConfirmDialog
        trigger="Suspend…"
        title={`Suspend ${shortName(person.name)}?`}
        consequences={effects}
        action={suspend}
        hidden={{ userId: person.id }}
        confirmLabel="Suspend"
        disabledReason={own ? 'This is your own account' : null}
      >
        <TextareaField name="reason" label="Reason" hint="They read it." required maxLength={500} />
      </ConfirmDialog>
    );
  return (
    <ConfirmDialog
      trigger="Restore…"
      variant="primary"
      title={`Restore ${shortName(person.name)}?`}
      consequences={[
        'The account works again as before; its listings are back in search.',
        'Bids, jobs and standing requests that rested are placed again.',
        'Payouts that waited for this go out.',
        'They are told, with your reason.',
      ]}
      action={restore}
      hidden={{ userId: person.id }}
      confirmLabel="Restore"
    >
      <TextareaField name="reason" label="Reason" hint="They read it." required maxLength={500} />
    </ConfirmDialog>
  );
}
