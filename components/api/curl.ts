/** What a call of the public API is: everything but the address of the market and the token. */
export type ApiCall = {
  /** What it does, in a few words: "End this booking". */
  readonly label: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** After `/api/v1`, with its query. */
  readonly path: string;
  readonly body?: { readonly [name: string]: unknown } | undefined;
  /** The header `Idempotency-Key` of what may be sent twice. */
  readonly idempotent?: boolean | undefined;
};

/** What stands where a key of one's own belongs: the shell makes one. */
const FRESH_KEY = '$(uuidgen)';

/** A call as a line for a shell, with the token in `SUBLET_TOKEN`. */
export function curlOf(call: ApiCall, origin: string): string {
  const parts = [
    `curl ${call.method === 'GET' ? '' : `-X ${call.method} `}${quoted(`${origin}/api/v1${call.path}`)}`,
    `-H "Authorization: Bearer $SUBLET_TOKEN"`,
    ...(call.idempotent ? [`-H "Idempotency-Key: ${FRESH_KEY}"`] : []),
    ...(call.body === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(call.body))}`]),
  ];
  return parts.join(' \\\n  ');
}

/** A word as a POSIX shell takes it literally: bare where nothing in it is special. */
function quoted(word: string): string {
  return /^[\w:/.,=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
