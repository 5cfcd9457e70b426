'use client';

import { useFormState } from '#components/ui/action-form.tsx';
import { CopyBox } from '#components/ui/copy-box.tsx';

/** The token that was just made; gone with the next page. */
export function NewToken() {
  const token = useFormState().shown?.token;
  return token === undefined ? null : <CopyBox label="The new token" text={token} className="mb-4" />;
}
