import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { tellPeers } from '#app/_edge/peer.ts';
import { takeAgents } from '#doors/agent/take-agents.ts';
import { PROTOCOL_VERSION } from '#protocol/words.ts';

describe('the process that serves pages', () => {
  it('answers machines itself, before pages are asked, and leaves everything else to the pages', async () => {
    const { Request: request, Response: response } = globalThis;
    tellPeers(undefined, takeAgents());
    const server = createServer((_, answer) => answer.end('a page')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const say = async (path: string, body: object) => {
      const answer = await fetch(`${origin}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: answer.status, type: answer.headers.get('content-type'), said: await answer.text() };
    };

    // A sync without a connection, and an agent of another version: refused as the door refuses them everywhere.
    const stranger = await say('/api/agent/v1/sync', { protocol: PROTOCOL_VERSION });
    expect(stranger).toMatchObject({ status: 401, type: expect.stringContaining('json') });
    const outdated = await say('/api/agent/v1/challenge', { protocol: PROTOCOL_VERSION + 1 });
    expect(outdated.said).toContain('protocolOutdated');
    expect((await say('/api/agent/v1', {})).status).toBe(404);
    expect((await say('/api/agent/v1/sync%00', {})).status).toBe(400);

    for (const path of ['/', '/api/agent/v10/sync', '/api/v1/listings', '/gpus?next=/api/agent/v1/sync'])
      expect((await say(path, {})).said).toBe('a page');
    expect([globalThis.Request, globalThis.Response]).toEqual([request, response]);
    server.close();
  });
});
