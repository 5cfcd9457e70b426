'use client';

import { useFormState } from '#components/ui/action-form.tsx';
import { CopyBox } from '#components/ui/copy-box.tsx';

/** The address that was just made, and what to do with it; gone with the next page. */
export function NewAddress() {
  const address = useFormState().shown?.address;
  if (address === undefined) return null;
  return (
    <div className="mb-4 space-y-2">
      <CopyBox label="The new address" text={address} />
      <p className="text-sm">
        Paste it where your calendar app subscribes to a calendar: “From URL” in Google Calendar, “New Calendar
        Subscription” in Apple Calendar, “Subscribe from web” in Outlook.
      </p>
    </div>
  );
}
