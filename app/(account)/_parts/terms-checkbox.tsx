'use client';

import Link from 'next/link';
import { useFormState } from '#components/ui/action-form.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';

/** "I accept the terms", with its error when it is not ticked. */
export function TermsCheckbox() {
  const { errors, values } = useFormState();
  return (
    <Checkbox
      id="terms"
      name="terms"
      required
      defaultChecked={values?.terms !== undefined}
      error={errors?.terms}
      label={
        <>
          I accept the{' '}
          <Link href="/terms" target="_blank" className="link">
            terms of this market
          </Link>
        </>
      }
    />
  );
}
