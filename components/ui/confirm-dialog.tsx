'use client';

import { type ReactNode, useState } from 'react';
import { ActionForm } from './action-form.tsx';
import { Button } from './button.tsx';
import type { ButtonSize, ButtonVariant } from './button-look.ts';
import { Input } from './controls.tsx';
import { Field } from './field.tsx';
import type { FormAction, FormState } from './form-state.ts';
import { fetchDialog, LazyDialog } from './lazy-dialog.tsx';
import { SubmitButton } from './submit-button.tsx';

type ConfirmDialogProps = {
  /** What the button on the page says: "End booking…". */
  trigger: ReactNode;
  variant?: ButtonVariant | undefined;
  size?: ButtonSize | undefined;
  /** Why it is not possible now; the button then says so and opens nothing. */
  disabledReason?: string | null | undefined;
  /** The question: "End this booking?" */
  title: string;
  /** What will happen, a line each, with money and what is lost. */
  consequences: readonly ReactNode[];
  action: FormAction;
  /** Sent with the form: the id of what it is about. */
  hidden?: Readonly<Record<string, string>> | undefined;
  /** The verb again: "End booking". */
  confirmLabel: string;
  pendingLabel?: string | undefined;
  /** A name that must be typed first, for what cannot be undone. */
  typeToConfirm?: string | undefined;
  /** More fields: a reason, an amount. */
  children?: ReactNode;
  onDone?: (state: FormState) => void;
};

/** Asks before doing what costs or loses something, says what, and does it by a server action. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    trigger,
    variant = 'danger',
    size,
    disabledReason,
    title,
    consequences,
    action,
    hidden = {},
    children,
  } = props;
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const missing = props.typeToConfirm !== undefined && typed.trim() !== props.typeToConfirm;

  return (
    <>
      <Button
        variant={variant}
        size={size ?? 'md'}
        disabledReason={disabledReason}
        aria-haspopup="dialog"
        onPointerEnter={fetchDialog}
        onFocus={fetchDialog}
        onClick={() => setOpen(true)}
      >
        {trigger}
      </Button>
      <LazyDialog open={open} onOpenChange={setOpen} title={title}>
        <ActionForm
          action={action}
          onDone={(state) => {
            setOpen(false);
            props.onDone?.(state);
          }}
        >
          {Object.entries(hidden).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <ul className="mb-4 list-disc space-y-1 pl-5 marker:text-muted">
            {consequences.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
          </ul>
          <div className="space-y-4">
            {children}
            {props.typeToConfirm !== undefined && (
              <Field label={<>Type “{props.typeToConfirm}” to confirm</>}>
                {(aria) => (
                  <Input
                    {...aria}
                    value={typed}
                    onChange={(event) => setTyped(event.target.value)}
                    onKeyDown={(event) => missing && event.key === 'Enter' && event.preventDefault()}
                    autoComplete="off"
                    spellCheck={false}
                  />
                )}
              </Field>
            )}
          </div>
          <div className="mt-5 flex flex-wrap justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Go back</Button>
            <SubmitButton
              variant={variant === 'danger' ? 'dangerFill' : 'primary'}
              disabledReason={missing ? 'Type the name first' : null}
              reasonAs="tip"
              {...(props.pendingLabel !== undefined && { pendingLabel: props.pendingLabel })}
            >
              {props.confirmLabel}
            </SubmitButton>
          </div>
        </ActionForm>
      </LazyDialog>
    </>
  );
}
