import type { EventFacts, NewNotice } from './event-facts.ts';
import { givenReason, quoted } from './phrase.ts';

type Said = Omit<NewNotice, 'userId'>;

const NOT_YOU = 'If this was not you, set a new password now: that ends every session.';

/** What the owner of an account hears about it. */
export function accountNotices(facts: EventFacts): NewNotice[] {
  const said = sayOf(facts);
  return said === null || facts.userId === null ? [] : [{ userId: facts.userId, ...said }];
}

function sayOf(facts: EventFacts): Said | null {
  const { kind, data } = facts;
  switch (kind) {
    case 'account.confirmed':
      return {
        title: 'Your e-mail address is confirmed',
        body: 'You can rent GPUs and rent out your own. Add an SSH key, so that you can reach what you rent.',
        link: '/account',
        mail: false,
      };
    case 'account.passwordReset':
    case 'account.passwordChanged':
      return { title: 'Your password was changed', body: NOT_YOU, link: '/account', mail: true };
    case 'sshKey.added':
      return {
        title: 'An SSH key was added to your account',
        body: `${quoted(textOf(data.name))}, ${textOf(data.fingerprint)}. It opens what you rent from now on. ${NOT_YOU}`,
        link: '/account',
        mail: true,
      };
    case 'session.tokenMade':
      return {
        title: 'An API token was made for your account',
        body: `${quoted(textOf(data.label))} can act as you until it is revoked. ${NOT_YOU}`,
        link: '/account',
        mail: true,
      };
    case 'account.suspended':
      return {
        title: 'Your account is suspended',
        body: `You can look and end what runs, but begin nothing new.${givenReason(facts)}`,
        link: '/account',
        mail: true,
      };
    case 'account.restored':
      return {
        title: 'Your account is restored',
        body: `You can use it as before.${givenReason(facts)}`,
        link: '/account',
        mail: true,
      };
    case 'account.adminMade':
      return { title: 'You are an admin now', body: 'The admin pages are open to you.', link: '/admin', mail: true };
    case 'account.adminDismissed':
      return {
        title: 'You are no longer an admin',
        body: 'The admin pages are closed to you.',
        link: null,
        mail: true,
      };
    default:
      return null;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
