import { createHmac, timingSafeEqual } from 'node:crypto';
import { isTopic, type TopicName, whyFixed } from './topic.ts';

/**
 * What the link in a mail carries: whose mails of which kind end, signed by the market. It may do that one thing, for ever:
 * mails are kept for years, and RFC 8058 wants no signing in.
 */
export function unsubscribeToken(
  about: { readonly userId: string; readonly topic: TopicName },
  secret: string,
): string {
  return `${about.userId}.${about.topic}.${signatureOf(about.userId, about.topic, secret)}`;
}

/** Whose mails of which kind a token ends; null when it is not one that this market made. */
export function readUnsubscribe(token: string, secret: string): { userId: string; topic: TopicName } | null {
  const [userId = '', topic = '', signature = '', ...more] = token.split('.');
  if (more.length > 0 || !isTopic(topic) || whyFixed(topic) !== null) return null;
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(userId, topic, secret))];
  return given.length === right.length && timingSafeEqual(given, right) ? { userId, topic } : null;
}

function signatureOf(userId: string, topic: string, secret: string): string {
  return createHmac('sha256', secret).update(`sublet unsubscribe\n${userId}\n${topic}`).digest('base64url');
}
