import { join } from 'node:path';
import type Docker from 'dockerode';
import { type ContainerRuntime, type ExistingWorkload, WorkloadFailure } from '../runtime.ts';
import { type LeaseFiles, leaseFiles } from '../shell/lease-files.ts';
import { bringUpContainer, containerNameOf, isOurs, type LeaseNote } from './containers.ts';
import { describeEngine, type EngineFacts, engineFacts } from './describe.ts';
import { asFailure, inspect, isNotModified, unlessGone } from './engine.ts';
import { watchEvents } from './events.ts';
import { endedFromOutside, killsFromOutside } from './kills.ts';
import { followLogs, LOG_START, type LogPosition, pieceFrom } from './logs.ts';
import { pullImage } from './pull.ts';
import { pulledImages } from './pulled-images.ts';
import { removeRemains } from './remains.ts';
import { shellServers } from './shell-server.ts';
import { oneAtATime } from './turns.ts';
import { usageOf } from './usage.ts';
import { warnContainer } from './warn.ts';

export type DockerRuntimeOptions = {
  docker: Docker;
  /** Marks this market's containers: those of another market on the same engine are not seen. */
  market: string;
  /** Where the files of leases are kept; the Docker Engine must see the same path. */
  stateDirectory: string;
  /** One version of the tools bundle (made by bin/build-tools.mjs). */
  toolsDirectory: string;
  /** `simulated` hands over no device: the machine's GPUs come from a recording. */
  gpus: 'nvidia' | 'simulated';
  /** `exec` never uses a container's address. Default `address`, which falls back by itself. */
  reach?: 'address' | 'exec';
  /** A pull that does not move for so long has failed. Default 300. */
  stallSeconds?: number;
};

/** A busy agent notices so late that its engine is away. */
const NOTICED_LATE_MS = 2_000;
const MOST_ABSENCES = 100;
const STOPPED_MEANWHILE = 'The container runtime of this machine was stopped while this was started.';
const NOTE_LOGS_EVERY_MS = 1_000;

/**
 * Runs rentals on a Docker Engine (20.10 or later). All it remembers lies in the labels of containers and below `stateDirectory`:
 * a new runtime with the same options goes on where another stopped.
 */
export function dockerRuntime(options: DockerRuntimeOptions): ContainerRuntime {
  const { docker, market, toolsDirectory } = options;
  const shells = shellServers(docker, options.reach ?? 'address');
  const pulled = pulledImages(join(options.stateDirectory, 'images.json'));
  const inTurn = oneAtATime();
  const kills = killsFromOutside();
  const began = Date.now();
  const away: { from: number; until: number | null }[] = [];
  let known: Promise<{ facts: EngineFacts; files: LeaseFiles }> | undefined;

  function engine() {
    known ??= engineFacts(docker)
      .then((facts) => ({ facts, files: leaseFiles(join(options.stateDirectory, 'leases'), facts.owner) }))
      .catch((error) => {
        known = undefined;
        throw asFailure(error, 'noContainerRuntime', 'Docker Engine cannot be used.');
      });
    return known;
  }

  async function list(): Promise<ExistingWorkload[]> {
    const { files } = await engine();
    const containers = await docker.listContainers({ all: true, filters: { label: [`sublet.market=${market}`] } });
    return Promise.all(
      containers
        .filter(({ Names, Labels }) => isOurs(Names[0] ?? '', Labels, market))
        .map(async ({ Id, Labels, State, Status }) => {
          const leaseId = Labels['sublet.lease'] ?? '';
          const note = files.readNote(leaseId, 'state') as LeaseNote | null;
          const [, code] = /^Exited \((\d+)\)/.exec(Status) ?? [];
          const running = State === 'running' || State === 'paused';
          return {
            leaseId,
            run: note?.run ?? Number(Labels['sublet.run']),
            running,
            exitCode: code === undefined ? null : Number(code),
            ...(!running && (await wasEnded(leaseId, Id)) ? { ended: true as const } : {}),
            hostKey: files.hostKey(leaseId),
          };
        }),
    );
  }

  /** Whether a container that rests did not end by itself. */
  async function wasEnded(leaseId: string, id: string): Promise<boolean> {
    if (kills.has(leaseId)) return true;
    // One of which the engine cannot say more keeps nobody from hearing of the others.
    const state = (await inspect(docker, id).catch(() => null))?.State;
    return state !== undefined && state.Status === 'exited' && endedFromOutside(state, { since: began, away });
  }

  /** The exit code of a container that started and ended by itself before its shell could open; undefined while it runs. */
  async function exitedWith(name: string): Promise<number | undefined> {
    const state = (await inspect(docker, name).catch(() => null))?.State;
    return state?.Status === 'exited' ? state.ExitCode : undefined;
  }

  function endedAtOnce(exitCode: number): WorkloadFailure {
    // What docker-init answers when it finds no such program, or may not run it.
    if (exitCode === 127 || exitCode === 126) {
      return new WorkloadFailure(
        'unrunnable',
        'The command of this booking cannot be run in this image: no such program.',
      );
    }
    const said = `The command of this booking ended with code ${exitCode} before a shell could open. Its log says why.`;
    return new WorkloadFailure('exited', said);
  }

  return {
    name: 'docker',
    describe: () => describeEngine(docker),
    list,

    async pull({ image }, onProgress, signal) {
      const { stallSeconds } = options;
      const limit = stallSeconds === undefined ? {} : { stallSeconds };
      await pullImage(docker, image, { onProgress, signal, pulled, toolsDirectory, ...limit });
    },

    start: (spec) =>
      inTurn(spec.leaseId, async () => {
        const { facts, files } = await engine();
        kills.forget(spec.leaseId);
        const name = containerNameOf(spec.leaseId);
        let exitCode: number | undefined;
        try {
          const setting = { docker, market, toolsDirectory, gpus: options.gpus, facts, files, kills };
          const { justStarted } = await bringUpContainer(setting, spec);
          const shell = shells.bringUp(name, justStarted);
          if (spec.untilExit === true) {
            // It runs from now on, and is billed from now on: a program that holds its shell up, or an image in which none can be, gains nothing.
            shell.catch(() => undefined);
            exitCode = await exitedWith(name);
          } else {
            await shell.catch(async (error) => {
              const code = await exitedWith(name);
              if (kills.has(spec.leaseId)) throw new WorkloadFailure('noContainerRuntime', STOPPED_MEANWHILE);
              throw code === undefined ? error : endedAtOnce(code);
            });
          }
        } catch (error) {
          throw asFailure(error, 'startFailed', 'The container could not be started.');
        }
        const hostKey = files.hostKey(spec.leaseId);
        if (hostKey === null) throw new WorkloadFailure('shellFailed', 'The host key of this lease is gone.');
        return { hostKey, ...(exitCode === undefined ? {} : { exitCode }) };
      }),

    stop: (leaseId, graceSeconds) =>
      inTurn(leaseId, async () => {
        const name = containerNameOf(leaseId);
        shells.forget(name);
        await kills.ours(leaseId, () =>
          unlessGone(docker.getContainer(name).stop({ t: graceSeconds })).catch((error) => {
            if (!isNotModified(error)) throw error;
          }),
        );
      }),

    remove: (leaseId) =>
      inTurn(leaseId, async () => {
        const { files } = await engine();
        shells.forget(containerNameOf(leaseId));
        await removeRemains(docker, containerNameOf(leaseId), leaseId);
        files.remove(leaseId);
        kills.drop(leaseId);
      }),

    connect: (leaseId) => shells.connect(containerNameOf(leaseId)),

    async *logs(leaseId, fromOffset, signal) {
      const { files } = await engine();
      const noted = (files.readNote(leaseId, 'logs') as LogPosition | null) ?? LOG_START;
      const from = fromOffset >= noted.offset ? noted : { ...LOG_START, base: noted.base, offset: noted.base };
      const container = docker.getContainer(containerNameOf(leaseId));
      let latest = from;
      let notedAt = performance.now();
      try {
        for await (const { piece, position } of followLogs(container, from, signal)) {
          const wanted = pieceFrom(piece, fromOffset);
          if (wanted !== null) yield wanted;
          latest = position;
          if (performance.now() - notedAt < NOTE_LOGS_EVERY_MS) continue;
          files.writeNote(leaseId, 'logs', latest);
          notedAt = performance.now();
        }
      } finally {
        files.writeNote(leaseId, 'logs', latest);
      }
    },

    usage: (leaseId, signal) => usageOf(docker.getContainer(containerNameOf(leaseId)), signal),

    async warn(leaseId, warning) {
      const { files } = await engine();
      files.writeNotice(leaseId, warning.endsAt);
      await kills.ours(leaseId, () => warnContainer(docker, containerNameOf(leaseId), warning));
    },

    async updateKeys(leaseId, authorizedKeys) {
      const { files } = await engine();
      files.writeKeys(leaseId, authorizedKeys);
    },

    watch(onExit) {
      return watchEvents(docker, market, {
        onExit: (leaseId, exitCode) => onExit(leaseId, exitCode, kills.has(leaseId)),
        onKill: kills.saw,
        onLost() {
          away.push({ from: Date.now() - NOTICED_LATE_MS, until: null });
          away.splice(0, away.length - MOST_ABSENCES);
        },
        onReconnect() {
          const latest = away.at(-1);
          if (latest?.until === null) latest.until = Date.now();
          list().then(
            (all) => {
              for (const one of all) if (!one.running) onExit(one.leaseId, one.exitCode, one.ended === true);
            },
            () => {},
          );
        },
      });
    },
  };
}
