import type { Metadata } from 'next';
import Link from 'next/link';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { isTopic, TOPICS } from '#lib/notices/topic.ts';
import { Narrow } from '../_parts/narrow.tsx';
import { type Asked, textOf } from '../_parts/next-field.tsx';
import { stop } from './actions.ts';

export const metadata: Metadata = { title: 'Fewer mails', robots: { index: false }, referrer: 'same-origin' };

export default async function UnsubscribePage({ searchParams }: { searchParams: Asked }) {
  const token = await textOf(searchParams, 'token');
  const topic = token.split('.')[1] ?? '';
  return (
    <Narrow
      title="Fewer mails"
      lede={isTopic(topic) ? `About: ${TOPICS[topic].title}.` : 'This page needs the link from a mail.'}
    >
      <Panel>
        {isTopic(topic) && (
          <div className="mb-4">
            <ActionForm action={stop}>
              <input type="hidden" name="token" value={token} />
              <SubmitButton pendingLabel="Stopping…">No more mails of this kind</SubmitButton>
            </ActionForm>
          </div>
        )}
        <p className="text-muted text-sm">
          What is about your money or your safety is mailed always. Everything else is chosen under{' '}
          <Link href="/account/notices" className="link">
            Settings, Notices
          </Link>
          .
        </p>
      </Panel>
    </Narrow>
  );
}
