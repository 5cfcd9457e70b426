/** What a form of Stripe's kind says: texts, lists and nested objects of them. */
export type FormValue = string | FormValue[] | { [key: string]: FormValue };
export type Form = { [key: string]: FormValue };

/** Reads `a=1&b[c]=2&d[0]=3&e[]=4`. A list is an object whose keys are 0, 1, 2 and so on, or nothing. */
export function readForm(text: string): Form {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = [name.replace(/\[.*$/s, ''), ...[...name.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')];
    put(form, path, value);
  }
  return listed(form) as Form;
}

function put(into: Form, path: readonly string[], value: string): void {
  const [part = '', ...rest] = path;
  const key = part === '' ? String(Object.keys(into).length) : part;
  if (key === '__proto__') return;
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const inner = into[key];
  const next: Form = typeof inner === 'object' && !Array.isArray(inner) ? inner : {};
  into[key] = next;
  put(next, rest, value);
}

function listed(value: FormValue): FormValue {
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((key, at) => key === String(at)))
    return keys.map((key) => listed(value[key] ?? ''));
  return Object.fromEntries(keys.map((key) => [key, listed(value[key] ?? '')]));
}
