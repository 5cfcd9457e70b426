import * as z from 'zod';

const problem = z.object({ detail: z.string(), reason: z.string() });

/** The market said no, or could not be reached; the message is its sentence. */
export class MarketError extends Error {
  readonly reason: string;

  constructor(reason: string, sentence: string) {
    super(sentence);
    this.name = 'MarketError';
    this.reason = reason;
  }
}

export type Ask = { readonly method?: string; readonly body?: unknown; readonly idempotencyKey?: string };

/** A client of one market's public API. Answers are parsed by the schema that is handed in. */
export class Market {
  readonly url: string;
  #token: string | undefined;

  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
  }

  authorize(token: string): void {
    this.#token = token;
  }

  /** One request to `path`; throws {@link MarketError} with the market's own sentence when it refuses. */
  async ask<T>(path: string, answer: z.ZodType<T>, asked: Ask = {}): Promise<T> {
    const response = await this.#send(path, asked);
    return answer.parse(await response.json().catch(() => null));
  }

  /** The same for what is kept to the byte: the text of an answer. */
  async text(path: string): Promise<string> {
    return (await this.#send(path, {})).text();
  }

  async #send(path: string, { method = 'GET', body, idempotencyKey }: Ask): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.#token !== undefined) headers.authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new MarketError(
        'unreachable',
        `The market at ${this.url} cannot be reached (${String(error)}). Is it running?`,
      );
    });
    if (!response.ok) {
      const said = problem.safeParse(await response.json().catch(() => null));
      throw new MarketError(
        said.data?.reason ?? `status${response.status}`,
        said.data?.detail ?? `${method} ${path} answered ${response.status}.`,
      );
    }
    return response;
  }
}
