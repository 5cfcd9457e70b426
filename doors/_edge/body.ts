import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';

/** Refuses bodies over `maxSize` bytes before they are read. */
export function limitBody(maxSize: number): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new Refusal('tooLarge');
    },
  });
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

/** The JSON body, parsed once; refuses with `malformed` or `badInput`. */
export async function readBody<Schema extends z.core.$ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.core.output<Schema>> {
  let json: unknown;
  try {
    json = await context.req.json();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('malformed');
  }
  const parsed = z.safeParse(schema, json);
  if (!parsed.success) throw badInput(parsed.error);
  return parsed.data;
}
