import { dropKey, type OwnKey, ownKey, signAs } from '#components/booking/client-key.ts';
import { EMPTY_FORM, type FormAction, type FormState } from '#components/ui/form-state.ts';
import { clientKeyText } from '#protocol/countersignature.ts';
import { DOMAINS } from '#protocol/domains.ts';
import { registerKey } from './actions.ts';

/** The market said no to a client; the message is its sentence. */
export class Refused extends Error {
  readonly reason: string | undefined;

  constructor({ message, errors, reason }: FormState) {
    super(message ?? Object.values(errors ?? {})[0] ?? 'The market said no.');
    this.name = 'Refused';
    this.reason = reason;
  }
}

/** Calls a form's action with fields; throws {@link Refused} when it is not done. */
export async function tell(action: FormAction, fields: Readonly<Record<string, string>>): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const answer = await action(EMPTY_FORM, form);
  if (answer.ok !== true) throw new Refused(answer);
}

/** This browser's key for an account, registered with it. `known`: the keys that are. `anew` makes another key first. */
export async function registeredKey(
  account: string,
  known: readonly string[],
  { anew = false }: { readonly anew?: boolean } = {},
): Promise<OwnKey> {
  if (anew) await dropKey(account);
  const own = await ownKey(account);
  if (known.includes(own.key)) return own;
  const proof = await signAs(own, DOMAINS.clientKey, clientKeyText(account, own.key));
  await tell(registerKey, { key: own.key, proof });
  return own;
}
