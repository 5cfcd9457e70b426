'use client';

import {
  type ComponentProps,
  createContext,
  type ReactNode,
  startTransition,
  useActionState,
  useContext,
  useEffect,
  useRef,
} from 'react';
import { Callout } from './callout.tsx';
import { ErrorSummary } from './error-summary.tsx';
import { EMPTY_FORM, type FormAction, type FormState } from './form-state.ts';

const FormStateContext = createContext<FormState>(EMPTY_FORM);

/** The latest answer to the form around, for controls of your own. */
export function useFormState(): FormState {
  return useContext(FormStateContext);
}

type ActionFormProps = Omit<ComponentProps<'form'>, 'action' | 'children'> & {
  action: FormAction;
  children: ReactNode;
  /** Empties the form after an answer with `ok`. */
  resetOnSuccess?: boolean | undefined;
  /** Called with an answer that is `ok`, for closing a dialog or raising a toast. */
  onDone?: (state: FormState) => void;
};

/**
 * A form around a server action. Works without scripts; with them it keeps everything that was typed, moves focus to a
 * summary of what is wrong, and says what was done. Fields inside (InputField …) find their own error.
 */
export function ActionForm({ action, children, resetOnSuccess, onDone, ...rest }: ActionFormProps) {
  const [state, send] = useActionState(action, EMPTY_FORM);
  const form = useRef<HTMLFormElement>(null);
  const done = useRef(onDone);
  done.current = onDone;

  useEffect(() => {
    if (!state.ok) return;
    if (resetOnSuccess) form.current?.reset();
    done.current?.(state);
  }, [state, resetOnSuccess]);

  return (
    <form
      {...rest}
      ref={form}
      action={send}
      noValidate
      onSubmit={(event) => {
        // Sent by hand, because React empties a form that it submits itself.
        event.preventDefault();
        const sent = new FormData(event.currentTarget, (event.nativeEvent as SubmitEvent).submitter);
        startTransition(() => send(sent));
      }}
    >
      <FormStateContext value={state}>
        <ErrorSummary state={state} />
        {state.ok && state.message && (
          <Callout tone="good" role="status" className="mb-4">
            {state.message}
          </Callout>
        )}
        {children}
      </FormStateContext>
    </form>
  );
}
