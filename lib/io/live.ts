import pg from 'pg';
import { env } from './env.ts';
import { log } from './log.ts';

/** What a committed transaction announces: whom and what it touches, ids only, and the event where there is one. */
export type News = {
  readonly event?: string;
  readonly user?: string;
  readonly booking?: string;
  readonly machine?: string;
  readonly listing?: string;
  /** The kind of a case of the desk whose claim moved: for admins. */
  readonly desk?: string;
  /** Machines whose listing may answer a search differently now: told by the database itself, on its own. */
  readonly moved?: readonly string[];
};

/** `rebuild`: news may have been missed; whoever keeps a copy reads everything again. */
export type Wake = News | 'rebuild';
export type Topic = `${'user' | 'booking' | 'machine' | 'listing'}:${string}`;

export type Watch = { readonly over: Promise<'news' | 'timeout' | 'aborted'>; stop(): void };

export type Live = {
  /** Calls back with each piece of news, and with `rebuild` after every (re)connection. Returns the way to stop. */
  subscribe(listener: (wake: Wake) => void): () => void;
  /** Waits for news of a topic, as `wait`; `stop` ends it as `aborted`. */
  watch(topic: Topic, timeoutMs: number): Watch;
  /**
   * Waits for news of a topic. Registered the moment it is called: call it, then read, then await it, and nothing is missed.
   * A lost connection wakes everybody, because what was missed is not known.
   */
  wait(
    topic: Topic,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<'news' | 'timeout' | 'aborted'>;
  /** Resolves when this process listens. */
  ready(): Promise<void>;
  /** False while starting and from the moment a lost connection is noticed (an orderly end at once, a silent one within 15 s). */
  isListening(): boolean;
  close(): Promise<void>;
};

const CHANNEL = 'sublet';
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A connection whose other end vanished says nothing; so it is asked. */
const ASK_EVERY_MS = 10_000;

function topicsOf(news: News): Topic[] {
  return (['user', 'booking', 'machine', 'listing'] as const).flatMap((kind) => {
    const id = news[kind];
    return id === undefined ? [] : [`${kind}:${id}` as const];
  });
}

/** One LISTEN connection, opened at the first use and opened again for as long as it takes. */
export function liveFrom(databaseUrl: () => string): Live {
  const listeners = new Set<(wake: Wake) => void>();
  const waiters = new Map<Topic, Set<() => void>>();
  let client: pg.Client | null = null;
  let started = false;
  let closed = false;
  let failures = 0;
  let hears = false;
  let listening = Promise.withResolvers<void>();
  let stands = false;
  let timer: NodeJS.Timeout | undefined;

  const tell = (wake: Wake) => {
    const woken = wake === 'rebuild' ? [...waiters.values()] : topicsOf(wake).map((topic) => waiters.get(topic));
    for (const set of woken) for (const resolve of [...(set ?? [])]) resolve();
    for (const listener of [...listeners]) {
      try {
        listener(wake);
      } catch (error) {
        log.error({ err: error }, 'a listener of live news failed');
      }
    }
  };

  const lost = (which: pg.Client, error: unknown) => {
    if (client !== which) return;
    client = null;
    hears = false;
    clearTimeout(timer);
    void which.end().catch(() => undefined);
    if (closed) return;
    // Whoever waits for a connection waits on through attempts that fail.
    if (stands) listening = Promise.withResolvers<void>();
    stands = false;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2);
    failures += 1;
    log.warn({ err: error, pauseMs: Math.round(pauseMs) }, 'live news are interrupted');
    timer = setTimeout(() => void connect(), pauseMs);
    timer.unref();
  };

  const ask = (which: pg.Client) => {
    timer = setTimeout(async () => {
      try {
        await which.query('SELECT 1');
        if (client === which) ask(which);
      } catch (error) {
        lost(which, error);
      }
    }, ASK_EVERY_MS);
    timer.unref();
  };

  const connect = async () => {
    const mine = new pg.Client({
      connectionString: databaseUrl(),
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      application_name: 'sublet live',
    });
    client = mine;
    mine.on('error', (error) => lost(mine, error));
    mine.on('end', () => lost(mine, new Error('the connection ended')));
    mine.on('notification', ({ payload }) => {
      const news = newsFrom(payload);
      if (news !== null) tell(news);
    });
    try {
      await mine.connect();
      await mine.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      return lost(mine, error);
    }
    if (closed || client !== mine) return;
    failures = 0;
    hears = true;
    ask(mine);
    stands = true;
    listening.resolve();
    tell('rebuild');
  };

  const start = () => {
    if (started || closed) return;
    started = true;
    void connect();
  };

  return {
    subscribe(listener) {
      start();
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch(topic, timeoutMs) {
      start();
      const { promise, resolve } = Promise.withResolvers<'news' | 'timeout' | 'aborted'>();
      const set = waiters.get(topic) ?? new Set();
      waiters.set(topic, set);
      const settle = (how: 'news' | 'timeout' | 'aborted') => {
        clearTimeout(limit);
        set.delete(onNews);
        if (set.size === 0 && waiters.get(topic) === set) waiters.delete(topic);
        resolve(how);
      };
      const onNews = () => settle('news');
      const limit = setTimeout(settle, timeoutMs, 'timeout');
      set.add(onNews);
      return { over: promise, stop: () => settle('aborted') };
    },
    async wait(topic, { timeoutMs, signal }) {
      const { over, stop } = this.watch(topic, timeoutMs);
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop, { once: true });
      const how = await over;
      signal?.removeEventListener('abort', stop);
      return how;
    },
    ready() {
      start();
      return listening.promise;
    },
    isListening: () => hears,
    async close() {
      closed = true;
      hears = false;
      clearTimeout(timer);
      const open = client;
      client = null;
      await open?.end().catch(() => undefined);
    },
  };
}

function newsFrom(payload: string | undefined): News | null {
  try {
    const news: unknown = JSON.parse(payload ?? '');
    return typeof news === 'object' && news !== null ? (news as News) : null;
  } catch {
    return null;
  }
}

// Next reloads modules in development: one connection a process, not one a reload.
const home = globalThis as typeof globalThis & { subletLive?: Live };

/** This process's news. */
export const live: Live = {
  subscribe: (listener) => mine().subscribe(listener),
  watch: (topic, timeoutMs) => mine().watch(topic, timeoutMs),
  wait: (topic, options) => mine().wait(topic, options),
  ready: () => mine().ready(),
  isListening: () => home.subletLive?.isListening() ?? false,
  close: async () => {
    const open = home.subletLive;
    delete home.subletLive;
    await open?.close();
  },
};

function mine(): Live {
  home.subletLive ??= liveFrom(() => env().databaseUrl);
  return home.subletLive;
}
