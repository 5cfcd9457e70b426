import type { Duplex } from 'node:stream';

/** Ends a connection so that its other end sees a fault and not a clean end: a reset where the transport has one. */
export function cut(connection: Duplex): void {
  if (connection.destroyed) return;
  const socket = connection as Duplex & { resetAndDestroy?: () => unknown; encrypted?: boolean };
  if (typeof socket.resetAndDestroy === 'function' && socket.encrypted !== true) socket.resetAndDestroy();
  else socket.destroy();
}

/**
 * Copies bytes both ways between two connections, unread and unchanged. A side that has said everything is closed in that
 * direction only (both need `allowHalfOpen`); a slow reader slows its writer down; a side that fails cuts the other.
 * `onEnd` is called once, when both are closed.
 */
export function join(a: Duplex, b: Duplex, onEnd: () => void = () => undefined): void {
  let open = 2;
  const follow = (from: Duplex, to: Duplex) => {
    from.on('error', () => cut(to));
    const gone = () => {
      // Closed without a clean end in both directions: the other side must not wait for what will never come.
      if (!from.readableEnded || !from.writableFinished) cut(to);
      open -= 1;
      if (open === 0) onEnd();
    };
    if (from.closed) gone();
    else from.once('close', gone).pipe(to);
  };
  follow(a, b);
  follow(b, a);
}
