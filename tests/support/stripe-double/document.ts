import { readFileSync } from 'node:fs';
import type { Form } from './form.ts';
import { NEWER_ANSWERS, NEWER_FIELDS, NEWER_PATHS, NO_LONGER_REQUIRED } from './newer.ts';
import { type Json, readBy, type Schema } from './schema.ts';

type Operation = { query: { name: string; required?: boolean; schema: Schema }[]; body?: Schema };
type Document = {
  paths: Record<string, Record<string, Operation>>;
  schemas: Record<string, { properties: string[]; required?: string[] }>;
};

/** An answer of Stripe's: an object of theirs. */
export type Thing = { [key: string]: Json };

const folder = new URL('./fixtures/', import.meta.url);
const document: Document = JSON.parse(readFileSync(new URL('spec3.trimmed.json', folder), 'utf8'));
const fixtures: { resources: Record<string, Thing> } = JSON.parse(
  readFileSync(new URL('fixtures3.trimmed.json', folder), 'utf8'),
);

/** One operation with what is newer than the document laid over it. */
type Route = {
  readonly at: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly query: Schema;
  readonly body: Schema;
};

const ROUTES: readonly Route[] = [
  ...Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      routeOf(
        `${method.toUpperCase()} ${path}`,
        {
          type: 'object',
          properties: Object.fromEntries(operation.query.map(({ name, schema }) => [name, schema])),
          required: operation.query.filter(({ required }) => required === true).map(({ name }) => name),
        },
        operation.body ?? { type: 'object' },
      ),
    ),
  ),
  ...NEWER_PATHS.map(({ at, query = {}, body = { type: 'object' } }) =>
    routeOf(at, { type: 'object', properties: query }, body),
  ),
];

function routeOf(at: string, query: Schema, body: Schema): Route {
  const [method = '', path = ''] = at.split(' ');
  const into = (schema: Schema, isBody: boolean) => {
    let mended = schema;
    if (isBody === (method === 'GET')) return mended;
    for (const newer of NEWER_FIELDS.filter((each) => each.at === at))
      mended = withField(mended, newer.field.split('.'), newer.schema);
    for (const loose of NO_LONGER_REQUIRED.filter((each) => each.at === at))
      mended = withoutRequired(mended, loose.field.split('.'));
    return mended;
  };
  return {
    at,
    pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '([^/]+)')}$`),
    names: [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? ''),
    query: into(query, false),
    body: into(body, true),
  };
}

function withField(schema: Schema, path: readonly string[], field: Schema): Schema {
  const [name = '', ...rest] = path;
  const key = name.replace('[]', '');
  const inner = schema.properties?.[key];
  const next =
    rest.length === 0
      ? field
      : name.endsWith('[]')
        ? { ...inner, items: withField(inner?.items ?? {}, rest, field) }
        : withField(inner ?? { type: 'object' }, rest, field);
  return { ...schema, properties: { ...schema.properties, [key]: next } };
}

function withoutRequired(schema: Schema, path: readonly string[]): Schema {
  const [name = '', ...rest] = path;
  const key = name.replace('[]', '');
  if (rest.length === 0) return { ...schema, required: (schema.required ?? []).filter((each) => each !== key) };
  const inner = schema.properties?.[key] ?? {};
  const next = name.endsWith('[]')
    ? { ...inner, items: withoutRequired(inner.items ?? {}, rest) }
    : withoutRequired(inner, rest);
  return { ...schema, properties: { ...schema.properties, [key]: next } };
}

/** Which operation a request asks for; null for what the document does not have. */
export function routeFor(method: string, path: string) {
  for (const route of ROUTES) {
    const match = route.at.startsWith(`${method} `) ? route.pattern.exec(path) : null;
    if (match === null) continue;
    const ids = match.slice(1).map(decodeURIComponent);
    return {
      at: route.at,
      ids,
      readQuery: (form: Form) => readBy(route.query, form) as Thing,
      readBody: (form: unknown) => readBy(route.body, form) as Thing,
    };
  }
  return null;
}

/** A field that neither the document nor the list of newer ones knows is a mistake of the double. To empty what the fixture shows full is no new field. */
export function checkFields(resource: string, fields: Thing): void {
  const known = document.schemas[resource]?.properties;
  const newer = NEWER_ANSWERS[resource]?.fields ?? [];
  for (const [key, value] of Object.entries(fields)) {
    if (value === null && fixtures.resources[resource]?.[key] !== undefined) continue;
    if (known !== undefined && !known.includes(key) && !newer.includes(key))
      throw new Error(
        `The double answers ${resource}.${key}, which no document lists: add it to newer.ts with its page.`,
      );
  }
}

/** An object of Stripe's: its fixture with `fields` laid over it. What the document requires must be there. */
export function thing(resource: string, fields: Thing): Thing {
  checkFields(resource, fields);
  const made = { ...structuredClone(fixtures.resources[resource] ?? {}), ...fields };
  for (const key of document.schemas[resource]?.required ?? []) {
    // `sources` of a customer is the one required field that later versions of the API took away.
    if (made[key] === undefined && !(resource === 'customer' && key === 'sources'))
      throw new Error(`The double leaves out ${resource}.${key}, which the document requires.`);
  }
  return made;
}
