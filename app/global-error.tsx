'use client';

import './globals.css';

export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body className="font-sans">
        <main className="page flex min-h-dvh max-w-[40rem] flex-col items-start justify-center gap-3">
          <title>Sublet failed</title>
          <h1 className="font-semibold text-2xl">The market could not show this page</h1>
          <p className="text-muted">
            That is our fault, not yours. Nothing was changed, and what you rent keeps running.
          </p>
          {error.digest && <p className="text-muted text-sm">If you report it, name error {error.digest}.</p>}
          <button
            type="button"
            onClick={reset}
            className="h-9 rounded-md bg-accent px-3.5 font-medium text-on-accent hover:bg-accent-hover"
          >
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
