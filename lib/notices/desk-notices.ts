import type { EventFacts, NewNotice } from './event-facts.ts';
import { givenReason, shown } from './phrase.ts';

/** What people hear of the desk of staff: how a report ended, why an account has limits, and which payouts wait. */
export function deskNotices(facts: EventFacts): NewNotice[] {
  const { userId, data } = facts;
  if (userId === null) return [];
  const to = (said: Omit<NewNotice, 'userId'>, whom = userId): NewNotice => ({ userId: whom, ...said });
  switch (facts.kind) {
    case 'case.takenOver':
      return [
        to({
          title: `${typeof data.by === 'string' ? shown(data.by) : 'Another admin'} took a case over from you`,
          body: `It is theirs to decide now.${givenReason(facts)}`,
          link: '/admin',
          mail: false,
        }),
      ];
    case 'report.decided':
      return [
        to({
          title: REPORT_ENDS[String(data.outcome)] ?? 'Your report was looked at',
          body: `Thank you for telling us.${givenReason(facts)}`,
          link: data.subjectKind === 'listing' ? `/gpus/${String(data.subjectId)}` : null,
          mail: false,
        }),
        // Never who reported. A listing that was suspended is told by its own notice.
        ...(data.outcome === 'warn' && typeof data.aboutId === 'string'
          ? [
              to(
                {
                  title: 'The operators warn you about something that was reported',
                  body: `Nothing was taken away from you.${givenReason(facts)}`,
                  link: data.subjectKind === 'listing' ? `/gpus/${String(data.subjectId)}` : null,
                  mail: true,
                },
                data.aboutId,
              ),
            ]
          : []),
      ];
    case 'account.flagged':
      return [
        to({
          title: 'The operators look at your account',
          body: 'Until they have, it can set aside less money a day, and payouts wait. Nothing is lost. You need not do anything; this is usually over within two days.',
          link: '/account',
          mail: true,
        }),
      ];
    case 'account.flagCleared':
      return [
        to({
          title: 'The operators have looked at your account',
          body: `Its limits are over.${givenReason(facts)}`,
          link: '/account',
          mail: true,
        }),
      ];
    case 'payout.held':
      return [
        to({
          title: 'Your payout waits',
          body: 'The operators look at it before it goes out. The money is set aside for you and nothing is lost.',
          link: '/host/payouts',
          mail: true,
        }),
      ];
    case 'payout.released':
      return [
        to({
          title: 'Your payout goes on',
          body: `It is on its way now.${givenReason(facts)}`,
          link: '/host/payouts',
          mail: false,
        }),
      ];
    default:
      return [];
  }
}

const REPORT_ENDS: Readonly<Record<string, string>> = {
  suspend: 'What you reported was taken off the market',
  warn: 'What you reported was right, and was warned about',
  dismiss: 'We looked at what you reported, and left it as it is',
};
