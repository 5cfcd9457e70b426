import type { Context } from 'hono';
import type * as z from 'zod';
import { parseMessage, readJson } from '#doors/_edge/body.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { PROTOCOL_VERSION } from '#protocol/words.ts';

/** What an agent says. One that speaks another version of the protocol is told so before anything else. */
export async function readMessage<Schema extends z.core.$ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.core.output<Schema>> {
  const json = await readJson(context, 'mend');
  const spoken = typeof json === 'object' && json !== null && 'protocol' in json ? json.protocol : undefined;
  if (typeof spoken === 'number' && spoken !== PROTOCOL_VERSION) {
    throw new Refusal('protocolOutdated', { spoken, understood: PROTOCOL_VERSION });
  }
  return parseMessage(schema, json);
}

/** The token of a connection. Refuses with `agentUnknown` when there is none. */
export function tokenOf(context: Context): string {
  const token = /^Bearer ([\x21-\x7e]{1,300})$/.exec(context.req.header('authorization') ?? '')?.[1];
  if (token === undefined) throw new Refusal('agentUnknown');
  return token;
}
