/** The first stop of the Tab key: past the header, to `<main id="main">`. */
export function SkipLink() {
  return (
    <a
      href="#main"
      className="sr-only z-50 rounded-md bg-accent px-4 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed! focus:top-2 focus:left-2 focus:px-4! focus:py-2!"
    >
      Skip to the content
    </a>
  );
}
