import { randomBytes } from 'node:crypto';
import { checkFields, type Thing, thing } from './document.ts';
import type { Json } from './schema.ts';

/** Whose objects: the platform's own, or those of one connected account. */
export type Owner = 'platform' | `acct_${string}`;

/** An error as Stripe answers it. */
export class Failure extends Error {
  readonly status: number;
  readonly error: Thing;

  constructor(status: number, error: Thing) {
    super(String(error.message));
    this.status = status;
    this.error = error;
  }
}

export function invalid(message: string, param: string | null = null, code: string | null = null): Failure {
  return new Failure(400, { type: 'invalid_request_error', message, param, code });
}

export type Sent = { readonly id: string; readonly type: string; readonly body: string };

/** Everything that the double knows: objects by id, who owns them, and what happened, in order. */
export type Provider = ReturnType<typeof newProvider>;

/** A Stripe account of its own, empty. `now` is in seconds since 1970; ids are unlike those of any other double. */
export function newProvider(now: () => number = () => Math.floor(Date.now() / 1_000)) {
  const salt = randomBytes(5).toString('hex');
  const things = new Map<string, Thing>();
  const owners = new Map<string, Owner>();
  const heard: ((sent: Sent) => void)[] = [];
  let count = 0;

  const newId = (prefix: string) => {
    count += 1;
    return `${prefix}_${salt}${String(count).padStart(8, '0')}`;
  };

  /** Makes an object and keeps it. */
  function make(resource: string, prefix: string, owner: Owner, fields: Thing): Thing {
    const id = typeof fields.id === 'string' ? fields.id : newId(prefix);
    const made = thing(resource, { ...fields, id });
    things.set(id, made);
    owners.set(id, owner);
    return made;
  }

  /** An object of that owner, or Stripe's "No such …". */
  function find(resource: string, id: unknown, owner: Owner, param: string | null = null): Thing {
    const found = typeof id === 'string' && owners.get(id) === owner ? things.get(id) : undefined;
    if (found === undefined || found.object !== resource)
      throw new Failure(param === null ? 404 : 400, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        param: param ?? 'id',
        message: `No such ${resource}: '${String(id)}'`,
      });
    return found;
  }

  /** Changes an object; a field that no document lists is a mistake. */
  function change(made: Thing, fields: Thing): Thing {
    checkFields(String(made.object), fields);
    return Object.assign(made, fields);
  }

  /** Tells the webhooks what happened, with the object as it is now. */
  function emit(type: string, about: Thing, owner: Owner = 'platform'): void {
    const event = make('event', 'evt', owner, {
      type,
      created: now(),
      api_version: '2026-10-28.endive',
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      data: { object: structuredClone(about) },
      ...(owner === 'platform' ? {} : { account: owner }),
    });
    send({ id: String(event.id), type, body: JSON.stringify(event) });
  }

  /** The same in the thin form of API v2: ids only. */
  function emitThin(type: string, about: { readonly id: string; readonly type: string; readonly url: string }): void {
    const id = newId('evt');
    const event: Thing = {
      id,
      object: 'v2.core.event',
      type,
      created: new Date(now() * 1_000).toISOString(),
      livemode: false,
      context: null,
      reason: null,
      related_object: { ...about },
    };
    things.set(id, event);
    owners.set(id, 'platform');
    send({ id, type, body: JSON.stringify(event) });
  }

  function send(sent: Sent): void {
    for (const each of heard) each(sent);
  }

  /** All objects of a kind and owner, newest first. */
  function all(resource: string, owner: Owner): Thing[] {
    return [...things.values()]
      .filter((each) => each.object === resource && owners.get(String(each.id)) === owner)
      .reverse();
  }

  return {
    now,
    newId,
    make,
    find,
    change,
    emit,
    emitThin,
    all,
    /** Any object by its id, whoever owns it. */
    any: (id: unknown) => (typeof id === 'string' ? things.get(id) : undefined),
    ownerOf: (id: unknown) => owners.get(String(id)) ?? 'platform',
    /** Forgets everything, for tests that run for long. */
    forget: () => {
      things.clear();
      owners.clear();
    },
    onEvent: (hear: (sent: Sent) => void) => void heard.push(hear),
  };
}

/** A page of a list, as Stripe pages: newest first, after an id. `where` keeps what the query's filters ask for. */
export function page(rows: readonly Thing[], query: Thing, url: string, filters: readonly string[]): Thing {
  const kept = rows.filter(
    (row) =>
      filters.every((filter) => query[filter] === undefined || row[filter] === query[filter]) &&
      isWithin(row, query.created),
  );
  const from =
    typeof query.starting_after === 'string' ? kept.findIndex((row) => row.id === query.starting_after) + 1 : 0;
  const until =
    typeof query.ending_before === 'string' ? kept.findIndex((row) => row.id === query.ending_before) : kept.length;
  const limit = typeof query.limit === 'number' ? query.limit : 10;
  if (limit < 1 || limit > 100) throw invalid('Invalid integer: limit must be between 1 and 100', 'limit');
  const between = kept.slice(from, Math.max(from, until));
  return { object: 'list', url, has_more: between.length > limit, data: between.slice(0, limit) };
}

function isWithin(row: Thing, created: Json | undefined): boolean {
  if (created === undefined || created === null) return true;
  const at = Number(row.created);
  if (typeof created !== 'object' || Array.isArray(created)) return at === Number(created);
  const { gt, gte, lt, lte } = created;
  return (
    (gt === undefined || at > Number(gt)) &&
    (gte === undefined || at >= Number(gte)) &&
    (lt === undefined || at < Number(lt)) &&
    (lte === undefined || at <= Number(lte))
  );
}

/** A request as a handler sees it: read and checked. */
export type Asked = {
  readonly provider: Provider;
  readonly owner: Owner;
  readonly ids: readonly string[];
  readonly body: Thing;
  readonly query: Thing;
  /** Where the hosted pages are. */
  readonly base: string;
};

/** Text of a field, or undefined. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function partOf(value: Json | undefined): Thing {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** Metadata after an update: an empty text takes a key away. */
export function mergedMetadata(before: Json | undefined, change: Json | undefined): Thing {
  if (change === '') return {};
  return Object.fromEntries(
    Object.entries({ ...partOf(before), ...partOf(change) }).filter(([, value]) => value !== ''),
  );
}
