import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';

/** Refuses bodies over `maxSize` bytes before they are read. One that says its size is not touched for that. */
export function limitBody(maxSize: number): MiddlewareHandler {
  const counting = bodyLimit({
    maxSize,
    onError: () => {
      throw new Refusal('tooLarge');
    },
  });
  return async (context, next) => {
    const said = context.req.header('content-length');
    if (said === undefined || context.req.header('transfer-encoding') !== undefined) return counting(context, next);
    if (Number(said) > maxSize) throw new Refusal('tooLarge');
    return next();
  };
}

/** The first complaint for each field, as a refusal's detail. */
export function badInput(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): Refusal {
  const fields: Record<string, string> = {};
  for (const issue of error.issues.slice(0, 20))
    fields[issue.path.map(String).join('.').slice(0, 200) || 'body'] ??= issue.message.slice(0, 300);
  return new Refusal('badInput', fields);
}

/** Deeper than any message of ours; a stranger's nesting must not exhaust the stack of whoever walks it. */
const DEEPEST = 40;

/** The same value with texts that PostgreSQL stores: it takes neither NUL nor half of a surrogate pair. */
function storable(value: unknown, unstorable: 'refuse' | 'mend', depth = 0): unknown {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\0')) return value;
    if (unstorable === 'refuse') throw new Refusal('malformed');
    return value.toWellFormed().replaceAll('\0', '\ufffd');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) throw new Refusal('malformed');
  const inner = (item: unknown) => storable(item, unstorable, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [inner(key), inner(item)]));
}

/**
 * The JSON body, read once; refuses with `malformed` what is no JSON or is nested absurdly. Text that no database stores
 * is refused likewise, or mended (U+FFFD) where it comes from a program that only passes it on.
 */
export async function readJson(context: Context, unstorable: 'refuse' | 'mend' = 'refuse'): Promise<unknown> {
  const text = await context.req.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Refusal('malformed');
  }
  return storable(json, unstorable);
}

/** What a message of this shape says; refuses with `badInput` and the fields that do not fit. */
export function parseMessage<Schema extends z.core.$ZodType>(schema: Schema, json: unknown): z.core.output<Schema> {
  const parsed = z.safeParse(schema, json);
  if (!parsed.success) throw badInput(parsed.error);
  return parsed.data;
}

/** The JSON body, parsed once; refuses with `malformed` or `badInput`. */
export async function readBody<Schema extends z.core.$ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.core.output<Schema>> {
  return parseMessage(schema, await readJson(context));
}
