/** Made on the machine and never pulled: no registry has the right to this name. */
export const LOCAL_NAMESPACE = 'sublet/';
/** The offline image: the tools bundle holds what it is made of. */
export const BUSYBOX_NAME = 'sublet/busybox';

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const DOMAIN =
  '(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\\d{1,5})?';
// The grammar of github.com/distribution/reference.
const REFERENCE = new RegExp(
  `^((?:${DOMAIN}/)?${COMPONENT}(?:/${COMPONENT})*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);

export type ImageReference = { name: string; tag: string; localOnly: boolean };

/** Reads an image name as Docker would; null when it is none. A digest wins over a tag, no tag means `latest`. */
export function parseReference(image: string): ImageReference | null {
  if (image.length > 500) return null;
  const [, name, tag, digest] = REFERENCE.exec(image) ?? [];
  if (name === undefined) return null;
  return { name, tag: digest ?? tag ?? 'latest', localOnly: name.startsWith(LOCAL_NAMESPACE) };
}
