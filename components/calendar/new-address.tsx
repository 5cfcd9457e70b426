'use client';

import { useFormState } from '#components/ui/action-form.tsx';
import { CopyBox } from '#components/ui/copy-box.tsx';

/** The address that was just made; gone with the next page. */
export function NewAddress() {
  const address = useFormState().shown?.address;
  return address === undefined ? null : <CopyBox label="The new address" text={address} className="mb-4" />;
}
