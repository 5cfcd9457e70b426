import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { simulatedShell } from '#agent/act/simulated-shell.ts';
import { type TerminalState, terminalConnection } from '#components/terminal/connection.ts';
import { newKey, publicLineOf } from '#components/terminal/ssh/login.ts';
import { relay } from '#lib/io/relay.ts';
import { browserShell } from '#tests/support/browser-shell.ts';
import { BUSYBOX, leaseSpec, never, ownRuntime, quietly } from '#tests/support/docker.ts';
import { eventually } from '#tests/support/eventually.ts';
import { has } from '#tests/support/needs.ts';
import { doorTo } from '#tests/support/ssh-client.ts';

const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG8WnUY8WHTO0P3dZ1GvKkpTlnLzTLD4PFTFbHbYgXgL';

// The image holds a busybox and nothing else.
describe.runIf(has('docker'))('the terminal of a page, in a real container', () => {
  const { runtime, cleanUp } = ownRuntime();
  let key: CryptoKeyPair;
  let hostKey = '';
  let port = 0;
  let close = () => {};
  let leaseId = '';

  beforeAll(async () => {
    key = await newKey();
    const spec = leaseSpec({ authorizedKeys: [await publicLineOf(key)] });
    leaseId = spec.leaseId;
    await runtime.pull({ image: BUSYBOX, leaseId }, quietly, never);
    hostKey = (await runtime.start(spec)).hostKey;
    ({ port, close } = await doorTo(runtime, leaseId));
  });
  afterAll(async () => {
    close();
    await cleanUp();
  });

  it('is a shell: what is typed runs, in colours and letters of any script, and its exit code is told', async () => {
    const one = browserShell(port, { hostKey, key });
    await one.open;
    one.type('echo grün-$((40+2))-🚀; echo $TERM $COLORTERM $LANG; tty\n');
    await one.sees(/grün-42-🚀\r\n[\s\S]*xterm-256color truecolor C\.UTF-8\r\n\/dev\/pts\//);
    one.type('exit 7\n');
    expect(await one.shell.ended).toEqual({ code: 7, signal: null });
  });

  it('has the size of the window, follows its changes, and hands Ctrl-C on', async () => {
    const one = browserShell(port, { hostKey, key, size: { columns: 123, rows: 40 } });
    await one.open;
    one.type('stty size\n');
    await one.sees(/40 123/);
    one.shell.resize({ columns: 91, rows: 33 });
    one.type('stty size\n');
    await one.sees(/33 91/);
    // It says that it runs: a Ctrl-C before that would be the shell's own.
    one.type("sh -c 'echo runs-$((2+1)); exec sleep 1000'; echo code-$?\n");
    await one.sees(/runs-3/);
    one.type('\x03');
    one.type('echo after-$((2+1))\n');
    await one.sees(/after-3/);
    one.shell.close();
    await one.shell.ended.catch(() => undefined);
  });

  it('takes a paste of half a megabyte and gives back the same', async () => {
    const one = browserShell(port, { hostKey, key });
    await one.open;
    // What is pasted before the terminal is raw would be a line, and cut off as too long for one.
    one.type('stty -echo raw; echo raw-$((1+1)); head -c 524288 | md5sum; stty sane\n');
    await one.sees(/raw-2/);
    expect(one.type('0123456789abcdef'.repeat(32_768))).toBe(true);
    // md5 of 524,288 such letters.
    const { createHash } = await import('node:crypto');
    await one.sees(new RegExp(createHash('md5').update('0123456789abcdef'.repeat(32_768)).digest('hex')));
    one.shell.close();
  });

  it('is sent no more than it can show: a program that floods it waits, and goes on when it reads', async () => {
    let keepsUp = false;
    const one = browserShell(port, { hostKey, key, keepsUp: () => keepsUp });
    await one.open;
    // Two megabytes, of which a quarter of one may be on the way.
    one.type('seq 1 300000; echo all-$((1+1))\n');
    await eventually(() => one.bytes() > 200_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(one.bytes()).toBeLessThanOrEqual(262_144);
    keepsUp = true;
    one.readOn();
    await one.sees(/300000\r\nall-2/);
    one.shell.close();
  });

  it('refuses a machine that shows another key than the market named, before it logs in', async () => {
    const one = browserShell(port, { hostKey: HOST_KEY, key });
    await expect(one.shell.ended).rejects.toMatchObject({ name: 'WrongHostKey' });
    expect(one.seen()).toBe('');
  });

  it('is let in by a key that the machine hears of meanwhile, and not by one that it never hears of', async () => {
    const late = await newKey();
    const one = browserShell(port, { hostKey, key: late });
    setTimeout(async () => {
      void runtime.updateKeys(leaseId, [await publicLineOf(key), await publicLineOf(late)]);
    }, 600);
    await one.open;
    one.shell.close();
    await runtime.updateKeys(leaseId, [await publicLineOf(key)]);
    const never = browserShell(port, { hostKey, key: late });
    await expect(never.shell.ended).rejects.toMatchObject({ name: 'NotLetIn' });
  });

  it('is asked for again while a busy machine has not heard of the page’s key, and then opens', async () => {
    const door = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(door, 'listening');
    door.on('connection', (socket) => relay({ socket, host: '127.0.0.1', port, onActive: () => {}, onEnd: () => {} }));
    const address = door.address();
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('WebSocket', WebSocket);
    vi.stubGlobal('location', {
      protocol: 'http:',
      host: `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    });
    const states: TerminalState[] = [];
    let asked = 0;
    const connection = terminalConnection({
      bookingId: 'bkg_of_the_test',
      async open(_, form) {
        asked += 1;
        // Heard of only after every try of the first login.
        if (asked === 2) await runtime.updateKeys(leaseId, [await publicLineOf(key), String(form.get('publicKey'))]);
        return { ok: true, shown: { terminalId: 'trm', ticket: 'ticket', hostKey } };
      },
      size: () => ({ columns: 80, rows: 24 }),
      onData: (_, shown) => shown(),
      onState: (state) => states.push(state),
    });
    try {
      connection.start();
      await eventually(() => states.at(-1)?.kind === 'open');
      expect(asked).toBe(2);
      expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'open']);
    } finally {
      connection.close();
      vi.unstubAllGlobals();
      door.close();
      await runtime.updateKeys(leaseId, [await publicLineOf(key)]);
    }
  });

  it('notices a byte that was changed on its way', async () => {
    const one = browserShell(port, { hostKey, key });
    await one.open;
    one.socket.removeAllListeners('data');
    one.socket.on('data', (part: Buffer) => {
      const bytes = new Uint8Array(part);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      one.shell.feed(bytes);
    });
    one.type('echo x\n');
    await expect(one.shell.ended).rejects.toMatchObject({ name: 'Malformed' });
  });

  it('ends when its container stops', async () => {
    const one = browserShell(port, { hostKey, key });
    await one.open;
    await runtime.stop(leaseId, 1);
    await expect(one.shell.ended).rejects.toMatchObject({ name: expect.stringMatching(/Ended|HungUp/) });
  });
});

describe('the terminal of a page, without a machine that runs anything', () => {
  it('says what a simulated host says', async () => {
    const server = createServer((client) => {
      client.on('error', () => {});
      simulatedShell().pipe(client);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const one = browserShell(port, { hostKey: HOST_KEY, key: await newKey() });
    await expect(one.shell.ended).rejects.toMatchObject({
      name: 'HungUp',
      message: expect.stringContaining('This host is simulated'),
    });
    server.close();
  });

  it('tells a server that hangs up at once, talks nonsense or never ends from a shell', async () => {
    for (const [said, name] of [
      [null, 'Ended'],
      ['HTTP/1.1 400 Bad Request\r\n'.repeat(60), 'Malformed'],
      [`SSH-1.5-old\r\n`, 'Malformed'],
      [`SSH-2.0-x\r\n${'\0\0\0\x01'.repeat(4)}`, 'Malformed'],
      ['x'.repeat(20_000), 'Malformed'],
    ] as const) {
      const server = createServer((client) => {
        client.on('error', () => {});
        if (said === null) client.end();
        else client.write(said, 'latin1');
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const one = browserShell(port, { hostKey: HOST_KEY, key: await newKey() });
      await expect(one.shell.ended, String(said).slice(0, 20)).rejects.toMatchObject({ name });
      server.close();
    }
  });
});
