import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { isDemo, mailStaysHere } from '#app/_edge/demo.ts';
import { Callout } from '#components/ui/callout.tsx';
import { Input } from '#components/ui/controls.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Field } from '#components/ui/field.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { demoMail } from '#lib/notices/queries.ts';
import { type Asked, textOf } from '../_parts/next-field.tsx';

export const metadata: Metadata = { title: 'Mail of the demo', robots: { index: false }, referrer: 'same-origin' };

/** Instead of a mail server: exists in a demo market that has none. */
export default async function MailPage({ searchParams }: { searchParams: Asked }) {
  if (!isDemo() || !mailStaysHere()) notFound();
  const [to, after] = await Promise.all([textOf(searchParams, 'to'), textOf(searchParams, 'after')]);
  const page = await demoMail({ to, after: after === '' ? undefined : after });
  const query = to === '' ? '' : `to=${encodeURIComponent(to)}&`;
  return (
    <div className="mx-auto w-full max-w-[44rem]">
      <PageHeader title="Mail" lede="What this market would send if it had a mail server, newest first." />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <Callout tone="warn" title="Everybody who reaches this demo market can read this page">
          <p>Links to set a new password included. It exists in demo markets without a mail server only.</p>
        </Callout>
        <form action="/mail" className="flex flex-wrap items-end gap-2">
          <Field label="To" className="min-w-0 flex-1 basis-48">
            {(aria) => <Input name="to" defaultValue={to} placeholder="ada@example.org" maxLength={254} {...aria} />}
          </Field>
          <SubmitButton variant="secondary">Find</SubmitButton>
        </form>
        {page.rows.length === 0 ? (
          <EmptyState kind={to === '' ? 'first' : 'none'} title={to === '' ? 'No mail yet' : 'No mail to this address'}>
            <p>Create an account, and its confirmation link appears here.</p>
          </EmptyState>
        ) : (
          <ul className="grid grid-cols-[minmax(0,1fr)] gap-4">
            {page.rows.map((mail) => (
              <li key={mail.id} className="rounded-xl border border-line bg-surface px-4 py-4 sm:px-5">
                <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                  <h2 className="font-semibold text-lg [overflow-wrap:anywhere]">{mail.subject}</h2>
                  <TimeAgo at={mail.createdAt} className="text-muted text-xs" />
                </div>
                <p className="mb-3 text-muted text-sm [overflow-wrap:anywhere]">To {mail.toAddress}</p>
                <Letter text={mail.text} here={page.publicUrl} />
                {mail.html !== null && (
                  <details className="mt-3 border-line border-t pt-3 text-sm">
                    <summary className="min-h-6 cursor-pointer text-muted">As a mail program shows it</summary>
                    <iframe
                      title={`${mail.subject}, laid out`}
                      sandbox=""
                      loading="lazy"
                      srcDoc={mail.html.replaceAll('cid:mark@sublet', `${page.publicUrl}/mail-mark.png`)}
                      className="mt-3 h-[30rem] w-full rounded-md border border-line"
                    />
                  </details>
                )}
              </li>
            ))}
          </ul>
        )}
        <Pagination
          label="Pages of mail"
          firstHref={after === '' ? null : `/mail?${query}`}
          nextHref={page.next === null ? null : `/mail?${query}after=${page.next}`}
        />
      </div>
    </div>
  );
}

/** The text as it is, with links into this market made to be followed. */
function Letter({ text, here }: { text: string; here: string }) {
  return (
    <div className="whitespace-pre-wrap text-sm [overflow-wrap:anywhere]">
      {text.split(/(https?:\/\/[^\s]+)/).map((part, index) =>
        part.startsWith(`${here}/`) ? (
          <Link key={index} href={part.slice(here.length)} prefetch={false} className="link">
            {part}
          </Link>
        ) : (
          part
        ),
      )}
    </div>
  );
}
