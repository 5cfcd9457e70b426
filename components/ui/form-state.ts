/**
 * What a form's action answers. `errors` are sentences by field name; `values` is what was typed, given back so that a
 * page without scripts can show it again (never passwords). A refusal is `message`; `requestId` stands beside it.
 */
export type FormState = {
  readonly ok?: boolean;
  readonly message?: string;
  readonly errors?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, string>>;
  readonly requestId?: string;
  /** Which refusal it was, for a page that has more to offer than its sentence. */
  readonly reason?: string;
  /** What is shown now and never again, by name: a new token. */
  readonly shown?: Readonly<Record<string, string>>;
};

/** A server action that a form can call: `useActionState`'s shape. */
export type FormAction = (state: FormState, form: FormData) => Promise<FormState>;

export const EMPTY_FORM: FormState = {};
