import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldErrors, formInput, typedValues } from './form.ts';

function form(...fields: [string, string | Blob][]): FormData {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
}

describe('what a form sends', () => {
  it('is text, or a list where one name comes twice or says that it is one', () => {
    const sent = form(
      ['name', 'Ada'],
      ['gpu', 'a'],
      ['gpu', 'b'],
      ['tag[]', 'x'],
      ['$ACTION_ID_1', 'next'],
      ['file', new Blob(['x'])],
    );
    expect(formInput(sent)).toEqual({ name: 'Ada', gpu: ['a', 'b'], tag: ['x'] });
  });

  it('cannot reach into objects, hold a NUL, or be without end', () => {
    const input = formInput(form(['__proto__', 'x'], ['constructor', 'y'], ['name', 'a\0b']));
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect(input).toMatchObject({ constructor: 'y', name: 'ab' });
    expect(
      Object.keys(formInput(form(...Array.from({ length: 2_000 }, (_, n): [string, string] => [`f${n}`, ''])))).length,
    ).toBe(500);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (fields) => {
        formInput(form(...fields));
      }),
    );
  });

  it('is given back to be shown again, but never a secret', () => {
    const input = formInput(
      form(['email', 'a@b.c'], ['password', 'x'], ['newPassword', 'y'], ['environment', 'KEY=1'], ['token', 't']),
    );
    expect(typedValues(input)).toEqual({ email: 'a@b.c' });
  });

  it('gets one sentence a field', () => {
    const issues = [
      { path: ['price'], message: 'first' },
      { path: ['price'], message: 'second' },
      { path: ['ports', 3, 'from'], message: 'inside' },
      { path: [], message: 'all of it' },
    ];
    expect(fieldErrors(issues)).toEqual({ price: 'first', ports: 'inside' });
  });
});
