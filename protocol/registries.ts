/**
 * Registries that are everybody's: nobody who books an image from them decides whether they answer, and how fast. Whatever is
 * not here may be a renter's own.
 */
const PUBLIC_REGISTRIES: ReadonlySet<string> = new Set([
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'mcr.microsoft.com',
  'nvcr.io',
  'public.ecr.aws',
  'quay.io',
  'registry.gitlab.com',
  'registry.k8s.io',
]);
/** Of which each customer has a name below. */
const PUBLIC_SUFFIXES = ['.gcr.io', '.pkg.dev'];

/** Whether a registry, by its domain as an image names it, is one that its users do not run themselves. */
export function isPublicRegistry(domain: string): boolean {
  const name = domain.toLowerCase();
  return PUBLIC_REGISTRIES.has(name) || PUBLIC_SUFFIXES.some((suffix) => name.endsWith(suffix));
}
