'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { askSelfTest } from '#lib/agents/ask-self-test.ts';
import { clearCopiedIdentity } from '#lib/agents/clear-copied-identity.ts';
import { createEnrolmentCode } from '#lib/agents/create-enrolment-code.ts';
import { createEnrolmentCodeInput, machineIdInput } from '#lib/agents/schema.ts';
import { setDefaultJob } from '#lib/agents/set-default-job.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { readCommand } from '#lib/bookings/command-line.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { endByHostInput } from '#lib/bookings/schema.ts';
import { blockRenter, unblockRenter } from '#lib/catalogue/block-renter.ts';
import { editMachine } from '#lib/catalogue/edit-machine.ts';
import { pauseListing } from '#lib/catalogue/pause-listing.ts';
import { publishListing } from '#lib/catalogue/publish-listing.ts';
import { machineOf } from '#lib/catalogue/queries/machines.ts';
import { resumeListing } from '#lib/catalogue/resume-listing.ts';
import { retireMachine } from '#lib/catalogue/retire-machine.ts';
import { saveListing } from '#lib/catalogue/save-listing.ts';
import {
  blockRenterInput,
  editMachineInput,
  machineInput,
  saveListingInput,
  setBidRuleInput,
  unblockRenterInput,
} from '#lib/catalogue/schema.ts';
import { setBidRule } from '#lib/catalogue/set-bid-rule.ts';
import { instantOf, readWall } from '#lib/catalogue/wall-clock.ts';
import { withdrawListing } from '#lib/catalogue/withdraw-listing.ts';

/** Answers with the code itself: it is shown once and kept nowhere. */
export const makeCode = action(createEnrolmentCodeInput, async (actor) => {
  const { code } = await createEnrolmentCode(actor);
  return code;
});

export const askTest = action(machineIdInput, async (actor, input) => {
  await askSelfTest(actor, input);
  return 'Asked. The rows change by themselves when the machine has answered, within two minutes.';
});

export const saveTerms = action(saveListingInput, async (actor, input) => {
  await saveListing(actor, input);
  return 'Saved. It holds for bookings made from now on.';
});

export const setBids = action(setBidRuleInput, async (actor, input) => {
  await setBidRule(actor, input);
  return input.takesBids ? 'Saved. Idle GPUs go to whoever bids.' : 'Saved. No new bids are taken.';
});

const jobFields = z.object({
  machineId: z.string().max(64),
  image: z.string().max(2_000),
  command: z.string().max(20_000).default(''),
});

export const saveDefaultJob = action(jobFields, async (actor, { machineId, image, command }) => {
  const words = readCommand(command);
  if ('problem' in words) throw new Refusal('badInput', { command: words.problem });
  await setDefaultJob(actor, { machineId, image, command: words.command === null ? null : [...words.command] });
  return 'Saved. It runs as soon as nobody rents the machine.';
});

export const clearDefaultJob = action(machineInput, async (actor, { machineId }) => {
  await setDefaultJob(actor, { machineId, image: null, command: null });
  return 'The machine runs nothing of yours from now on.';
});

export const publish = action(machineInput, async (actor, input) => {
  const { waiting } = await publishListing(actor, input);
  return waiting ?? 'Published. Renters see it now.';
});

/** The same from the checklist, which goes on showing this machine: without a name it shows the newest that is not listed. */
export const publishNew = action(machineInput, async (actor, input) => {
  await publishListing(actor, input);
  return { redirectTo: `/host/new?machine=${encodeURIComponent(input.machineId)}` };
});

export const withdraw = action(machineInput, async (actor, input) => {
  await withdrawListing(actor, input);
  return 'Withdrawn. What is rented goes on to its end.';
});

export const pause = action(z.object({ machineId: z.string().max(64), until: z.string().max(40) }), pauseUntil);

export const resume = action(machineInput, async (actor, input) => {
  await resumeListing(actor, input);
  return 'Offered again.';
});

/** The end is typed on the clocks of the calendar's zone. */
async function pauseUntil(actor: Actor, { machineId, until }: { machineId: string; until: string }) {
  const { zone } = await machineOf(actor, machineId, theWorld.now());
  const wall = readWall(until);
  if (wall === undefined) throw new Refusal('badInput', { until: 'Choose a day and a time.' });
  await pauseListing(actor, { machineId, until: new Date(instantOf(zone, wall.day, wall.minute, 'opens')) });
  return `Paused until ${until.replace('T', ' ')} (${zone}). Then it is offered again by itself.`;
}

export const edit = action(editMachineInput, async (actor, input) => {
  await editMachine(actor, input);
  return 'Saved.';
});

export const retire = action(machineInput, async (actor, input) => {
  await retireMachine(actor, input);
  return { redirectTo: '/host' };
});

export const clearIdentity = action(machineIdInput, async (actor, input) => {
  await clearCopiedIdentity(actor, input);
  return 'Cleared. If the copy comes back, so does this warning.';
});

export const endRental = action(endByHostInput, async (actor, input) => {
  await endBookingByHost(actor, input);
  return 'Notice given. The renter reads your reason.';
});

export const block = action(blockRenterInput, async (actor, input) => {
  await blockRenter(actor, input);
  return 'Blocked. What they rent now goes on; they cannot book anew.';
});

export const unblock = action(unblockRenterInput, async (actor, input) => {
  await unblockRenter(actor, input);
});
