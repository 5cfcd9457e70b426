import type { EventFacts, MachineNamed, NewNotice } from './event-facts.ts';
import { givenReason, instantText, quoted } from './phrase.ts';

/** What hosts hear about their machines, renters about the machine they rent on, and admins about what waits for them. */
export function machineNotices(facts: EventFacts): NewNotice[] {
  const { machine } = facts;
  if (machine === null) return [];
  const name = quoted(machine.name);
  const host = (title: string, body: string, mail: boolean): NewNotice => ({
    userId: machine.hostId,
    title,
    body,
    link: `/host/machines/${machine.id}`,
    mail,
  });
  const byHost = facts.actorId === machine.hostId;
  switch (facts.kind) {
    case 'machine.enrolled':
      return [host(`${name} is enrolled`, 'Set a price and publish it; its page shows what was found on it.', false)];
    case 'machine.selfTested':
      if (facts.data.passed !== false) return [];
      return [host(`${name} failed its self-test`, 'Its page says what failed and how to mend it.', true)];
    case 'machine.silent':
      return [
        host(
          `${name} does not answer`,
          'It cannot be booked until it does, and its reliability falls. Check its power, its network and the agent.',
          true,
        ),
        ...toRenters(machine, (rental) => ({
          title: `The machine of ${rental} does not answer`,
          body: 'Nothing is billed for time without a signed statement from it. You hear from us when it is back.',
          mail: true,
        })),
      ];
    case 'machine.back':
      return [
        host(`${name} answers again`, 'It can be booked again.', false),
        ...toRenters(machine, (rental) => ({
          title: `The machine of ${rental} answers again`,
          body: 'Its page says whether your rental runs on.',
          mail: false,
        })),
      ];
    case 'machine.identityCopied':
      return [
        host(
          `${name} was seen on two machines`,
          'It cannot be booked until one of them is uninstalled and enrolled anew. If you copied nothing, somebody else did.',
          true,
        ),
        ...toAdmins(facts, `${name} was seen on two machines`, `/admin/machines/${machine.id}`),
      ];
    case 'machine.staffChecked':
      if (facts.data.checked === false)
        return [
          host(`${name} is no longer marked as checked by staff`, `Its trust tier changed.${givenReason(facts)}`, true),
        ];
      return [host(`${name} was checked by staff`, `Its page shows that now.${givenReason(facts)}`, false)];
    case 'machine.retired':
      return byHost ? [] : [host(`${name} was retired`, `It is no longer offered.${givenReason(facts)}`, true)];
    case 'machine.agentRemoved':
      return [
        host(
          `The agent of ${name} was uninstalled`,
          'It is offered no more. Something is still rented on it: end that on its page, and retire it.',
          true,
        ),
      ];
    case 'listing.published':
      if (facts.data.waits !== true) return [];
      return toAdmins(facts, `${name} waits for approval`, `/admin/machines/${machine.id}`);
    case 'log.refused':
      return [
        host(
          `${name} refuses the public log`,
          `${saw(facts)} Nothing that you are owed is lost: your machine keeps both heads as evidence. Ask the operators of this market.`,
          true,
        ),
        ...toAdmins(facts, `${name} refuses the public log`, '/log', saw(facts)),
      ];
    case 'listing.approved':
      return [host(`${name} is approved`, `It can be found and booked.${givenReason(facts)}`, true)];
    case 'listing.suspended':
      return [
        host(
          `The listing of ${name} is suspended`,
          `It takes no bookings; what runs goes on.${givenReason(facts)}`,
          true,
        ),
      ];
    case 'listing.restored':
      return [host(`The listing of ${name} is restored`, `It takes bookings again.${givenReason(facts)}`, true)];
    case 'listing.pauseEnded': {
      const { title, body } = afterPause(name, facts);
      return [host(title, body, true)];
    }
    default:
      return [];
  }
}

/** What a host hears when a pause ended by itself: that the machine is offered again, or what stands in the way. */
function afterPause(name: string, { data, times }: EventFacts): { readonly title: string; readonly body: string } {
  if (typeof data.why === 'string')
    return {
      title: `The pause of ${name} is over, but it is not offered`,
      body: `${data.why} Its page says more. It is offered again as soon as that is mended.`,
    };
  if (data.open === true)
    return { title: `${name} is offered again`, body: 'Its pause is over: it can be found and booked.' };
  const opens =
    typeof data.opensAt === 'string'
      ? `By its calendar it is closed now, and rented again from ${instantText(new Date(data.opensAt), times)}.`
      : 'By its calendar it is closed, and no time is open that is near. Give it hours, or take blocks out.';
  return { title: `The pause of ${name} is over, but its calendar is closed`, body: opens };
}

function toRenters(
  machine: MachineNamed,
  say: (rental: string) => { title: string; body: string; mail: boolean },
): NewNotice[] {
  return machine.rentals.map((rental) => ({
    userId: rental.renterId,
    link: `/bookings/${rental.id}`,
    ...say(quoted(rental.name)),
  }));
}

/** What a machine said of the log, in its words. */
function saw({ reason }: EventFacts): string {
  return reason ?? 'It saw two histories.';
}

function toAdmins(facts: EventFacts, title: string, link: string, body = 'Its page has the details.'): NewNotice[] {
  return facts.adminIds
    .filter((id) => id !== facts.actorId)
    .map((userId) => ({ userId, title, body, link, mail: true }));
}
