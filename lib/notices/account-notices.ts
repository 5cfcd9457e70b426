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
        link: '/account/keys',
        mail: false,
      };
    case 'account.passwordReset':
    case 'account.passwordChanged':
      return { title: 'Your password was changed', body: NOT_YOU, link: '/account/security', mail: true };
    case 'twoStep.on':
      return {
        title: 'Two-step sign-in is on',
        body: `Signing in now asks for a code of your app too. Every other browser was signed out. Keep the recovery codes where you find them without your phone. ${NOT_YOU}`,
        link: '/account/security',
        mail: true,
      };
    case 'twoStep.off':
      return {
        title: 'Two-step sign-in is off',
        body:
          data.by === 'operator'
            ? `An operator of this market switched it off for an account whose device and codes are lost, and ended every session. Sign in with your password, and set it up anew. If you did not ask for that, contact them now.`
            : `Your password alone signs in now. Payouts cannot be asked for, and staff cannot work, until it is on again. ${NOT_YOU}`,
        link: '/account/security',
        mail: true,
      };
    case 'twoStep.codesMade':
      return {
        title: 'New recovery codes were made for your account',
        body: `Those you had before are worth nothing now. ${NOT_YOU}`,
        link: '/account/security',
        mail: true,
      };
    case 'twoStep.recovered':
      return {
        title: 'A recovery code was used for your account',
        body: `It is spent. When few are left, make new ones; if your phone is lost, set up another. ${NOT_YOU}`,
        link: '/account/security',
        mail: true,
      };
    case 'twoStep.codeWrong':
      return data.tell === true
        ? {
            title: 'Somebody knows your password',
            body: 'They gave it, and then wrong codes, several times within minutes. They are not in. If this was not you, set a new password now.',
            link: '/account/security',
            mail: true,
          }
        : null;
    case 'account.exported':
      return {
        title: 'A copy of your data was taken',
        body: `Everything that this market keeps about you, as one file. ${NOT_YOU}`,
        link: '/account/data',
        mail: true,
      };
    case 'account.deletionAsked':
      return {
        title: 'Your account will be deleted',
        body: `In seven days, as you asked. Until then you can take it back with one press. Bills, statements and the books are kept under a name that says nothing. ${NOT_YOU}`,
        link: '/account/data',
        mail: true,
      };
    case 'account.deletionUndone':
      return {
        title: 'Your account stays',
        body: 'Its deletion was taken back. You can use it as before.',
        link: '/account/data',
        mail: true,
      };
    case 'account.deletionHeld':
      return {
        title: 'Your account could not be deleted',
        body: `Something came up meanwhile.${facts.reason === null ? '' : ` ${facts.reason}`} Then ask again.`,
        link: '/account/data',
        mail: true,
      };
    case 'sshKey.added':
      return {
        title: 'An SSH key was added to your account',
        body: `${quoted(textOf(data.name))}, ${textOf(data.fingerprint)}. It opens what you rent from now on. ${NOT_YOU}`,
        link: '/account/keys',
        mail: true,
      };
    case 'session.tokenMade':
      return {
        title: 'An API token was made for your account',
        body: `${quoted(textOf(data.label))} can act as you until it is revoked. ${NOT_YOU}`,
        link: '/account/tokens',
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
