import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import * as z from 'zod';
import { badInput } from '#doors/_edge/body.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';

/** What whoever mounts the door tells it about a request. */
export type Bindings = {
  /** The address that limits are counted by. */
  readonly address: string;
  /** The browser session of this request, for reading only: a cookie alone never changes anything here. */
  readonly cookieActor: Actor | null;
};

export type DoorEnv = { Bindings: Bindings; Variables: { actor: Actor | null } };

/** A part of the API: what does not fit the schema is refused with the fields that do not. */
export function newDoor(): OpenAPIHono<DoorEnv> {
  return new OpenAPIHono<DoorEnv>({
    defaultHook: (result) => {
      if (!result.success) throw badInput(result.error);
    },
  });
}

/** The signed-in actor of a request; refuses with `unauthenticated`. */
export function signedInActor(context: { readonly var: { readonly actor: Actor | null } }): Actor {
  if (context.var.actor === null) throw new Refusal('unauthenticated');
  return context.var.actor;
}

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    reason: z.string(),
    requestId: z.string().optional(),
    fields: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details: what happened and what to do' });

const problemAnswer = { description: 'Refused', content: { 'application/problem+json': { schema: problemSchema } } };

/** A JSON answer of a route, with the refusals that every route may give. */
export function answers<Schema extends z.ZodType>(schema: Schema, description: string, status: 200 | 201 = 200) {
  const ok = { description, content: { 'application/json': { schema } } };
  return { ...(status === 200 ? { 200: ok } : { 201: ok }), default: problemAnswer } as {
    readonly 200: typeof ok;
    readonly 201: typeof ok;
    readonly default: typeof problemAnswer;
  };
}

export function takes<Schema extends z.ZodType>(schema: Schema) {
  return { body: { required: true, content: { 'application/json': { schema } } } } as const;
}

export const bearer = [{ bearer: [] }] satisfies RouteConfig['security'];

/** Micro-dollars and other 64-bit numbers travel as decimal text: a JSON number would lose them. */
export const decimal = z
  .string()
  .regex(/^\d{1,19}$/, 'Write a whole number as text.')
  .meta({ example: '350000' });
export const instant = z.string().meta({ format: 'date-time' });
/** Ids are words; anything else is refused before a database is asked, which stores no NUL. */
const word = z.string().max(64);
export const idParam = z.object({ id: word.regex(/^[\x21-\x7e]+$/, 'This is not an id.') });
/** Where the next page of a list begins. */
export const pageEnd = word.regex(/^\w*$/, 'Send the id that the page before ended with.').optional();

/** bigint to decimal text and Date to RFC 3339, everywhere in an answer. */
export type Wire<T> = T extends bigint
  ? string
  : T extends Date
    ? string
    : T extends readonly (infer Item)[]
      ? Wire<Item>[]
      : T extends object
        ? { -readonly [Key in keyof T]: Wire<T[Key]> }
        : T;

export function toWire<T>(value: T): Wire<T>;
export function toWire(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => toWire(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toWire(item)]));
  }
  return value;
}

/** What may be sent twice names itself: the same key answers the same thing and does it once. */
export const idempotencyHeader = z.object({
  'idempotency-key': z.string().min(8, 'Send 8 to 200 characters.').max(200, 'Send 8 to 200 characters.'),
});
