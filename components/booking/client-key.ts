import { joinBytes, toBase64url, toBytes } from '#protocol/base64.ts';
import type { Witnessed } from '#protocol/countersign.ts';
import { type Domain, signedText } from '#protocol/domains.ts';

/** The key by which this browser countersigns for one account. Its private half cannot be read, not even by this page. */
export type OwnKey = { readonly pair: CryptoKeyPair /** Raw, base64url. */; readonly key: string };

/** Why a browser cannot have one; null when it can. */
export function whyNoKey(): string | null {
  return globalThis.isSecureContext && globalThis.indexedDB !== undefined
    ? null
    : 'Countersigning needs https: over plain http a browser makes no keys.';
}

/** This browser's key for an account, made at the first call. Rejects where the browser cannot make Ed25519 keys or keep them. */
export async function ownKey(account: string): Promise<OwnKey> {
  const kept = await read<OwnKey>('keys', account);
  if (kept !== undefined) return kept;
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  // Another tab may have been faster: the first one counts.
  return readOrWrite('keys', account, { pair, key: toBase64url(raw) });
}

/** Forgets this browser's key of an account: the next {@link ownKey} makes another. */
export function dropKey(account: string): Promise<void> {
  return change('keys', (store) => store.delete(account));
}

/** A signature in a domain, base64url. */
export async function signAs({ pair }: OwnKey, domain: Domain, payload: string): Promise<string> {
  const message = joinBytes(toBytes(signedText(domain, payload)));
  return toBase64url(new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message)));
}

/** What this browser remembers of a rental. */
export function witnessedOf(bookingId: string): Promise<Witnessed | undefined> {
  return read<Witnessed>('rentals', bookingId);
}

export function keepWitnessed(bookingId: string, witnessed: Witnessed): Promise<void> {
  return change('rentals', (store) => store.put(witnessed, bookingId));
}

type StoreName = 'keys' | 'rentals';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open('sublet-client', 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('keys');
      asked.result.createObjectStore('rentals');
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within<T>(
  name: StoreName,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore, answer: (value: T) => void) => void,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      let result: T;
      work(transaction.objectStore(name), (value) => {
        result = value;
      });
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function read<T>(name: StoreName, key: string): Promise<T | undefined> {
  return within<T | undefined>(name, 'readonly', (store, answer) => {
    const asked = store.get(key) as IDBRequest<T | undefined>;
    asked.onsuccess = () => answer(asked.result);
  });
}

function readOrWrite<T>(name: StoreName, key: string, value: T): Promise<T> {
  return within<T>(name, 'readwrite', (store, answer) => {
    const asked = store.get(key) as IDBRequest<T | undefined>;
    asked.onsuccess = () => {
      answer(asked.result ?? value);
      if (asked.result === undefined) store.put(value, key);
    };
  });
}

function change(name: StoreName, work: (store: IDBObjectStore) => void): Promise<void> {
  return within<void>(name, 'readwrite', (store, answer) => {
    work(store);
    answer();
  });
}
