'use client';

import { LoaderCircle } from 'lucide-react';
import type { ComponentProps } from 'react';
import { useFormStatus } from 'react-dom';
import { Button } from './button.tsx';

type SubmitButtonProps = Omit<ComponentProps<typeof Button>, 'type'> & {
  /** What it says while the form is under way: "Booking…". */
  pendingLabel?: string | undefined;
};

/** Submits its form, shows that it is under way, and cannot be pressed twice. Primary unless told otherwise. */
export function SubmitButton({ pendingLabel, children, variant = 'primary', ...rest }: SubmitButtonProps) {
  const { pending } = useFormStatus();
  return (
    <Button
      {...rest}
      variant={variant}
      type="submit"
      aria-disabled={pending || undefined}
      onClick={(event) => {
        if (pending) event.preventDefault();
        else rest.onClick?.(event);
      }}
    >
      {pending && <LoaderCircle aria-hidden className="animate-turn" />}
      <span aria-live="polite">{pending && pendingLabel ? pendingLabel : children}</span>
    </Button>
  );
}
