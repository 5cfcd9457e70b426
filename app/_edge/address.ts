import { env } from '#lib/io/env.ts';
import { clientAddress, PEER_HEADER } from './peer.ts';

/** The client's address as far as it can be believed; limits count by it. */
export function addressOf(request: { readonly headers: Pick<Headers, 'get'> }): string {
  return clientAddress(request.headers.get(PEER_HEADER), request.headers.get('x-forwarded-for'), env().trustedProxies);
}
