/** Fields whose text is never given back to a page. */
const SECRET = /password|secret|token|environment|^code$|^proof$/i;
const MOST_FIELDS = 500;

export type Typed = Readonly<Record<string, string>>;

/**
 * The text fields of a form: one value is text, several of one name are a list, a name that ends in "[]" is always a list.
 * Files and Next's own fields are left out.
 */
export function formInput(form: FormData): Record<string, string | string[]> {
  const input: Record<string, string | string[]> = Object.create(null);
  let count = 0;
  for (const [field, value] of form) {
    if (typeof value !== 'string' || field.startsWith('$ACTION')) continue;
    count += 1;
    if (count > MOST_FIELDS) break;
    // No text in PostgreSQL holds a NUL.
    const text = value.replaceAll('\0', '');
    const always = field.endsWith('[]');
    const name = always ? field.slice(0, -2) : field;
    const before = input[name];
    if (before === undefined) input[name] = always ? [text] : text;
    else input[name] = Array.isArray(before) ? [...before, text] : [before, text];
  }
  return { ...input };
}

/** What was typed, to be shown again by a page without scripts; never secrets. */
export function typedValues(input: Readonly<Record<string, string | string[]>>): Typed {
  const typed: Record<string, string> = {};
  for (const [name, value] of Object.entries(input)) {
    if (typeof value === 'string' && !SECRET.test(name)) typed[name] = value;
  }
  return typed;
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** The first sentence of each field, by the field's name; `undefined` when there is nothing to say of a field. */
export function fieldErrors(issues: readonly Issue[]): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {};
  for (const issue of issues) {
    const name = String(issue.path[0] ?? '');
    if (name !== '') errors[name] ??= issue.message;
  }
  return errors;
}
