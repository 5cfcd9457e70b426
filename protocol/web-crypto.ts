import { joinBytes } from './base64.ts';
import type { VerifyBytes } from './log-checkpoint.ts';

/** Checks an Ed25519 signature with the Web Crypto of a browser or of Node; false for what is no key. */
export const verifyByWebCrypto: VerifyBytes = async (key, message, signature) => {
  try {
    const imported = await crypto.subtle.importKey('raw', joinBytes(key), 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', imported, joinBytes(signature), joinBytes(message));
  } catch (error) {
    // Too old a browser, or a page without https: that is no verdict on the signature.
    if (error instanceof DOMException && error.name === 'NotSupportedError') throw error;
    return false;
  }
};
