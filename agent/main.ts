#!/usr/bin/env node
import { AGENT_VERSION } from '../protocol/agent-version.ts';
import { enrolThisMachine } from './commands/enrol.ts';
import { type OptionName, type Options, readOptions, UsageError } from './commands/options.ts';
import { runCommand, TO_REST } from './commands/run.ts';
import { selfTestCommand } from './commands/self-test.ts';
import { simulateHostsCommand } from './commands/simulate-hosts.ts';
import { installedAt, uninstallCommand } from './commands/uninstall.ts';
import { makePrivateFolder } from './io/files.ts';
import { lockFolder } from './io/folder-lock.ts';
import { MarketAway } from './io/market.ts';
import { type Log, logTo, messageOf } from './log.ts';

const HELP = `sublet-agent ${AGENT_VERSION}: rents out this machine's GPUs in a Sublet market.

  sublet-agent enrol --market URL CODE   give this machine an identity, with the code from the page "List a machine"
  sublet-agent run                       run rentals and keep in contact with the market, until ended; rentals go on
  sublet-agent self-test                 try what a rental needs, and say how to mend what fails
  sublet-agent uninstall                 take the agent and everything that it made off this machine
  sublet-agent simulate-hosts --market URL
                                         run the simulated hosts of a file, for a demo market
  sublet-agent version

  --dir DIR              where identity, journal and rentals are kept (default /var/lib/sublet-agent, or SUBLET_AGENT_DIR)
  --simulate FILE        enrol, run: take the GPUs from a recording of "nvidia-smi -q -x"; renters are told
  --simulate-if-no-gpu   enrol, run: likewise, from a built-in recording, where the driver shows no GPU
  --code CODE|FILE       run: enrol first when this machine has no identity
  --tools DIR            run, self-test: the ssh tools, instead of bringing them from the market
  --file FILE            simulate-hosts: the hosts (default hosts.json in DIR)
  --force                uninstall: even while rentals are here

Ended by SIGINT or SIGTERM, "run" leaves rentals running. By SIGUSR2 it stops them first, with their files kept, and the
next "run" starts them again.
Docker is reached at DOCKER_HOST, by default /var/run/docker.sock.
Exit codes: 0 done, 1 failed, 2 the command was not understood, 75 the market could not be reached: try again later.
`;

type Command = {
  options: readonly OptionName[];
  most?: number;
  /** It goes on until ended: a machine may read its log. */
  lasting?: boolean;
  run: (options: Options, log: Log) => Promise<number>;
};

const COMMANDS: Record<string, Command> = {
  enrol: {
    options: ['dir', 'market', 'code', 'simulate', 'simulate-if-no-gpu'],
    most: 1,
    async run(options, log) {
      makePrivateFolder(options.dir);
      const unlock = lockFolder(options.dir);
      try {
        await enrolThisMachine(options, options.code ?? options.positionals[0] ?? '', log);
      } finally {
        unlock();
      }
      return 0;
    },
  },
  run: {
    lasting: true,
    options: ['dir', 'market', 'code', 'tools', 'simulate', 'simulate-if-no-gpu'],
    run: async (options, log) => {
      await runCommand(options, log, untilTold());
      return 0;
    },
  },
  'self-test': {
    options: ['dir', 'market', 'tools', 'simulate', 'simulate-if-no-gpu'],
    run: async (options, log) =>
      (await selfTestCommand(options, log, (line) => process.stdout.write(`${line}\n`))) ? 0 : 1,
  },
  'simulate-hosts': {
    lasting: true,
    options: ['dir', 'market', 'file'],
    run: async (options, log) => {
      await simulateHostsCommand(options, log, untilTold());
      return 0;
    },
  },
  uninstall: {
    options: ['dir', 'force'],
    run: async (options, log) => {
      await uninstallCommand(options, log, installedAt(process.env));
      return 0;
    },
  },
};

/** Aborts at Ctrl-C and SIGTERM, and to let rentals rest at SIGUSR2; the second time the process ends at once. */
function untilTold(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort(signal === 'SIGUSR2' ? TO_REST : undefined);
    });
  }
  return controller.signal;
}

async function main([name = 'help', ...words]: string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const log = logTo(process.stderr, command?.lasting === true && !process.stderr.isTTY ? 'json' : 'words');
  if (['help', '--help', '-h'].includes(name) || words.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  if (['version', '--version', '-v'].includes(name)) {
    process.stdout.write(`${AGENT_VERSION}\n`);
    return 0;
  }
  try {
    if (command === undefined)
      throw new UsageError(`There is no command "${name.slice(0, 100)}". See "sublet-agent help".`);
    const options = readOptions(name, words, command.options);
    const extra = options.positionals[command.most ?? 0];
    if (extra !== undefined)
      throw new UsageError(`"${extra.slice(0, 100)}" is one word too many. See "sublet-agent help".`);
    return await command.run(options, log);
  } catch (error) {
    log.error(sentenceOf(error));
    return error instanceof UsageError ? 2 : error instanceof MarketAway ? 75 : 1;
  }
}

function sentenceOf(error: unknown): string {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    return `${path ?? 'A file'} may not be touched by this user. Run the agent as root (sudo), or give another --dir.`;
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') return `${path ?? 'That path'} is not a folder. Give another --dir.`;
  if (code === 'ENOSPC') return 'The disk is full. Free some space and start the agent again.';
  return messageOf(error);
}

process.exitCode = await main(process.argv.slice(2));
// Whatever a library still holds open must not keep an agent that has ended.
setTimeout(() => process.exit(), 2_000).unref();
