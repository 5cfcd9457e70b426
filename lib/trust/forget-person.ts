import type { Tx } from '#lib/io/db.ts';

const NAME = 'Deleted account';

/**
 * Step: forgets who an account was, as lib/trust/after-leaving.ts says of each table. What opens it, what was said to its owner and what ran for them is removed; what the books,
 * bills and the public log need stays under a name that says nothing. The account's row is locked and nothing of it is open.
 */
export async function forgetPerson(
  tx: Tx,
  { userId, email }: { readonly userId: string; readonly email: string },
  now: Date,
): Promise<void> {
  const own = { where: { userId } };
  await tx.twoStep.deleteMany(own);
  await tx.recoveryCode.deleteMany(own);
  await tx.emailToken.deleteMany(own);
  await tx.sshKey.deleteMany(own);
  await tx.noticeChoice.deleteMany(own);
  await tx.notice.deleteMany(own);
  await tx.automaticTopUp.deleteMany(own);
  await tx.savedSearch.deleteMany({ where: { ownerId: userId } });
  await tx.calendarFeed.deleteMany(own);
  await tx.threadSide.deleteMany(own);
  await tx.requestDigest.deleteMany({ where: { hostId: userId } });
  await tx.mail.deleteMany({ where: { toAddress: email } });
  await tx.$executeRaw`DELETE FROM rate_limits WHERE key LIKE ${`%:${email.replace(/[\\%_]/g, '\\$&')}`}`;
  // What they are known by elsewhere: keys stay, because bills are checked by them, without the names they gave them.
  await tx.clientKey.updateMany({ ...own, data: { name: NAME } });
  await tx.clientKey.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } });
  await tx.enrolmentCode.deleteMany({ where: { hostId: userId } });
  await tx.renterBlock.deleteMany({ where: { hostId: userId } });
  const rented = { booking: { renterId: userId } };
  await tx.logChunk.deleteMany({ where: rented });
  await tx.terminal.deleteMany(own);
  await tx.putOutInVain.deleteMany({ where: { renterId: userId } });
  const [asRenter, asHost] = [{ renterId: userId }, { hostId: userId }];
  await tx.disputeFile.deleteMany({ where: { evidence: { side: 'renter', move: { dispute: asRenter } } } });
  await tx.disputeFile.deleteMany({ where: { evidence: { side: 'host', move: { dispute: asHost } } } });
  await tx.$executeRaw`DELETE FROM metric_samples WHERE booking_id IN (SELECT id FROM bookings WHERE renter_id = ${userId})`;
  await tx.$executeRaw`UPDATE bookings SET name = ${NAME}, command = NULL, sealed_environment = NULL, reason_detail = NULL WHERE renter_id = ${userId}`;
  await tx.$executeRaw`UPDATE bids SET name = ${NAME}, command = NULL, encrypted_environment = NULL WHERE renter_id = ${userId}`;
  await tx.$executeRaw`UPDATE standing_requests SET name = ${NAME}, command = NULL WHERE renter_id = ${userId}`;
  await tx.$executeRaw`UPDATE job_arrays SET name = ${NAME}, command = '[]', encrypted_environment = NULL WHERE renter_id = ${userId}`;
  await tx.$executeRaw`UPDATE jobs SET reason_detail = NULL WHERE renter_id = ${userId}`;
  await tx.$executeRaw`UPDATE job_attempts SET reason_detail = NULL WHERE job_id IN (SELECT id FROM jobs WHERE renter_id = ${userId})`;
  const hosted = { machine: { hostId: userId } };
  await tx.agentLogLine.deleteMany({ where: hosted });
  await tx.gpuSample.deleteMany({ where: { gpu: hosted } });
  await tx.$executeRaw`
    UPDATE machines SET name = ${NAME}, region = NULL, country = NULL, self_test = NULL,
      specification = specification || '{"hostname": "deleted", "problems": []}'
    WHERE host_id = ${userId}`;
  await tx.$executeRaw`DELETE FROM default_jobs WHERE machine_id IN (SELECT id FROM machines WHERE host_id = ${userId})`;
  await tx.$executeRaw`DELETE FROM calendar_feeds WHERE user_id = ${userId}`;
  await tx.$executeRaw`UPDATE calendar_blocks SET note = '' WHERE machine_id IN (SELECT id FROM machines WHERE host_id = ${userId})`;
  await tx.$executeRaw`
    UPDATE users SET email = id || '@deleted.invalid', name = ${NAME}, password_hash = 'deleted', role = 'member',
      email_confirmed_at = NULL, time_zone = NULL, browser_zone = NULL, locale = NULL, theme = NULL, suspended_reason = NULL, shortcuts_off = false,
      deletion_asked_at = NULL, deletion_due_at = NULL, deleted_at = ${now}
    WHERE id = ${userId}`;
  // The trail keeps what happened and when, and no longer the names, addresses and labels in it.
  await tx.$executeRaw`
    UPDATE events SET data = '{}', reason = NULL
    WHERE user_id = ${userId} AND kind ~ '^((account|session|sshKey|clientKey|twoStep)\\.|machine\\.(enrolled|described|renamed|selfTested|defaultJobSet)$)' AND (data <> '{}' OR reason IS NOT NULL)`;
  await tx.session.deleteMany(own);
}
