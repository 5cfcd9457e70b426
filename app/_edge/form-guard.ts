import type { IncomingMessage, ServerResponse } from 'node:http';

/** Next reads no more than this of a form either. */
const MOST_BYTES = 1_000_000;

type Problem = readonly [status: number, sentence: string];

const NO_LENGTH: Problem = [411, 'Send the length of the form with it.'];
const TOO_LARGE: Problem = [413, 'This form is too large. Send less than 1 MB.'];
const NOT_WHOLE: Problem = [400, 'This form is not whole. Load the page again and send it once more.'];

/**
 * Lets a form that a page receives through to Next when it is whole, and refuses it with a sentence when it is too large, of
 * unknown length or cut off: Next itself would answer those with an error of the server. `go` handles the request as ever.
 */
export function guardForm(request: IncomingMessage, response: ServerResponse, go: () => void): void {
  const type = request.headers['content-type'] ?? '';
  if (request.method !== 'POST' || request.url?.startsWith('/api/') || !/^multipart\/form-data/i.test(type)) {
    go();
    return;
  }
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  const problem = Number.isNaN(length) ? NO_LENGTH : length > MOST_BYTES ? TOO_LARGE : length === 0 ? NOT_WHOLE : null;
  if (problem !== null) {
    refuse(response, problem);
    return;
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  const read = () => {
    for (let part = request.read(); part !== null; part = bytes < length ? request.read() : null) {
      parts.push(part);
      bytes += part.length;
    }
    if (bytes < length) return;
    request.off('readable', read);
    const body = Buffer.concat(parts);
    if (isWhole(body, type)) {
      // Put back, as if nobody had looked.
      request.unshift(body);
      go();
    } else refuse(response, NOT_WHOLE);
  };
  request.on('readable', read);
}

/** Whether a body begins and ends as RFC 2046 §5.1.1 says for its type. */
function isWhole(body: Buffer, type: string): boolean {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(type) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return false;
  const mark = `--${boundary}`;
  const end = body
    .subarray(-mark.length - 8)
    .toString('latin1')
    .trimEnd();
  return body.subarray(0, mark.length).toString('latin1') === mark && end.endsWith(`${mark}--`);
}

/** Answers in one sentence and hangs up: what may still come is not read. */
export function refuse(response: ServerResponse, [status, sentence]: Problem): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${sentence}\n`);
}
