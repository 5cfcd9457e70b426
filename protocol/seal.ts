import * as HPKE from 'hpke';

// RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
const suite = new HPKE.CipherSuite(HPKE.KEM_DHKEM_X25519_HKDF_SHA256, HPKE.KDF_HKDF_SHA256, HPKE.AEAD_AES_256_GCM);

/** Binds a sealed bundle to its lease and machine: moved to another, it does not open. */
export function sealContext(leaseId: string, machineId: string): string {
  return `sublet/environment/v1|${leaseId}|${machineId}`;
}

/** Seals text to a machine's raw X25519 public key (base64url). Only that machine opens it. */
export async function seal(text: string, publicKey: string, context: string): Promise<string> {
  const recipient = await suite.DeserializePublicKey(Buffer.from(publicKey, 'base64url'));
  const sealed = await suite.Seal(recipient, Buffer.from(text, 'utf8'), { info: Buffer.from(context, 'utf8') });
  return `${Buffer.from(sealed.encapsulatedSecret).toString('base64url')}.${Buffer.from(sealed.ciphertext).toString('base64url')}`;
}

/** Opens what {@link seal} made, with the raw X25519 private key; rejects when key or context differ. */
export async function open(sealed: string, privateKey: string, context: string): Promise<string> {
  const [encapsulated = '', ciphertext = ''] = sealed.split('.');
  const key = await suite.DeserializePrivateKey(Buffer.from(privateKey, 'base64url'), true);
  const opened = await suite.Open(key, Buffer.from(encapsulated, 'base64url'), Buffer.from(ciphertext, 'base64url'), {
    info: Buffer.from(context, 'utf8'),
  });
  return Buffer.from(opened).toString('utf8');
}
