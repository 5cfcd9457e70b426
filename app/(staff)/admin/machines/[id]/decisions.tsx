import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { whyNotApprove } from '#lib/catalogue/listing.ts';
import { whyNotStaffCheck } from '#lib/catalogue/machine.ts';
import type { MachineRow } from '#lib/trust/queries/machines.ts';
import { approve, check, restore, suspend } from './actions.ts';

const Reason = () => <TextareaField name="reason" label="Reason" hint="The host reads it." required maxLength={500} />;

/** What staff may decide about a machine and its listing now. */
export function Decisions({ machine }: { machine: MachineRow }) {
  const { listing } = machine;
  return (
    <>
      {machine.staffCheckedAt === null ? (
        <ConfirmDialog
          trigger="Mark as checked…"
          variant="secondary"
          title="Mark as checked by staff?"
          consequences={[
            'Renters see the tier “checked by staff”.',
            'Do this only after looking at the machine yourself.',
          ]}
          action={check}
          hidden={{ machineId: machine.id, checked: 'true' }}
          confirmLabel="Mark as checked"
          disabledReason={whyNotStaffCheck(machine)?.sentence}
        >
          <Reason />
        </ConfirmDialog>
      ) : (
        <ConfirmDialog
          trigger="Take “checked” away…"
          variant="secondary"
          title="Take “checked by staff” away?"
          consequences={['The machine falls back to “self-tested”.']}
          action={check}
          hidden={{ machineId: machine.id, checked: 'false' }}
          confirmLabel="Take away"
        >
          <Reason />
        </ConfirmDialog>
      )}
      {listing !== null && whyNotApprove(listing) === null && listing.suspendedAt === null && (
        <ConfirmDialog
          trigger="Approve…"
          variant="primary"
          title="Approve this listing?"
          consequences={['Renters can see and book it, whatever the market’s setting.']}
          action={approve}
          hidden={{ listingId: listing.id }}
          confirmLabel="Approve"
        >
          <Reason />
        </ConfirmDialog>
      )}
      {listing !== null &&
        (listing.suspendedAt === null ? (
          <ConfirmDialog
            trigger="Suspend…"
            title="Suspend this listing?"
            consequences={[
              'It takes no booking until it is restored.',
              'Running rentals go on.',
              'The host is told, with your reason.',
            ]}
            action={suspend}
            hidden={{ listingId: listing.id }}
            confirmLabel="Suspend"
          >
            <Reason />
          </ConfirmDialog>
        ) : (
          <ConfirmDialog
            trigger="Restore…"
            variant="primary"
            title="Restore this listing?"
            consequences={['It takes bookings again.', 'The host is told, with your reason.']}
            action={restore}
            hidden={{ listingId: listing.id }}
            confirmLabel="Restore"
          >
            <Reason />
          </ConfirmDialog>
        ))}
    </>
  );
}
