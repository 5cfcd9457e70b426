'use client';

import { useFormState } from '#components/ui/action-form.tsx';
import { CopyBox } from '#components/ui/copy-box.tsx';

/** The recovery codes that were just made; gone with the next page. */
export function NewCodes() {
  const codes = useFormState().shown?.codes;
  if (codes === undefined) return null;
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`Recovery codes for Sublet, each works once\n\n${codes}\n`)}`;
  return (
    <div className="mb-5 space-y-2">
      <CopyBox label="Your recovery codes" text={codes} />
      <a href={file} download="sublet-recovery-codes.txt" className="link inline-flex min-h-6 items-center text-sm">
        Save them as a file
      </a>
    </div>
  );
}
