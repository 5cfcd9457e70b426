import { type ComponentProps, useId } from 'react';
import { type ButtonSize, type ButtonVariant, buttonLook } from './button-look.ts';

type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> & {
  variant?: ButtonVariant | undefined;
  size?: ButtonSize | undefined;
  /** Why it cannot be pressed now. Non-empty text disables the button and is shown, so that nobody has to guess. */
  disabledReason?: string | null | undefined;
  /** Where the reason stands: a line below (`note`, default), or only on hover and for screen readers (`tip`). */
  reasonAs?: 'note' | 'tip' | undefined;
};

/** A button. Not pressable means a reason: it stays focusable, so the reason can be reached by keyboard. */
export function Button({
  variant,
  size,
  disabledReason,
  reasonAs = 'note',
  className,
  type = 'button',
  ...rest
}: ButtonProps) {
  const reasonId = useId();
  if (!disabledReason) return <button type={type} className={buttonLook(variant, size, className)} {...rest} />;
  const { onClick: _dropped, formAction: _refused, ...kept } = rest;
  return (
    <span className="relative inline-flex max-w-full flex-col items-start gap-1">
      <button
        {...kept}
        type="button"
        aria-disabled="true"
        aria-describedby={reasonId}
        title={disabledReason}
        className={buttonLook(variant, size, className)}
      />
      <span id={reasonId} className={reasonAs === 'note' ? 'text-muted text-xs' : 'sr-only'}>
        {disabledReason}
      </span>
    </span>
  );
}
