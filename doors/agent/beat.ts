import { beatDoor } from '#lib/agents/beat-door.ts';
import { BEAT_SECONDS } from '#lib/agents/silence.ts';
import { log } from '#lib/io/log.ts';

const home = globalThis as typeof globalThis & { subletDoorBeat?: NodeJS.Timeout };

/**
 * Says every few seconds that this process serves agents, so that an outage of ours is never held against a machine.
 * Once a process; call it when the process that serves the door begins, not at its first request.
 */
export function startDoorBeat(): void {
  if (home.subletDoorBeat !== undefined) return;
  const beat = () => {
    beatDoor().catch((error: unknown) => log.warn({ err: error }, 'the door for agents could not say that it is open'));
  };
  home.subletDoorBeat = setInterval(beat, BEAT_SECONDS * 1_000);
  home.subletDoorBeat.unref();
  beat();
}
