import { describe, expect, it } from 'vitest';
import { asFailure } from '#agent/act/docker/engine.ts';
import { pullFailure } from '#agent/act/docker/pull.ts';

const pull = (said: string) => pullFailure(new Error(said), 'registry.example/owner/image:v1').code;
const start = (said: string) => asFailure(new Error(said), 'startFailed', 'It could not be started.').code;

describe('what Docker says of a failure', () => {
  it.each([
    ['manifest unknown: manifest unknown', 'imageNotFound'],
    ['pull access denied for owner/image, repository does not exist or may require docker login', 'imageNotFound'],
    ['no matching manifest for linux/amd64 in the manifest list entries', 'imageNotFound'],
    ['Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host', 'imageNotFound'],
    ['dial tcp: lookup registry.example on 127.0.0.53:53: no such host', 'imageNotFound'],
    ['Get "https://registry.example/v2/": proxyconnect tcp: dial tcp: lookup proxy.lan: no such host', 'pullFailed'],
    ['Get "https://cdn.example/blob": dial tcp: lookup cdn.example on 10.0.0.1:53: no such host', 'pullFailed'],
    ['Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host', 'pullFailed'],
    ['dial tcp: lookup auth.docker.io on 192.0.2.53:53: no such host', 'pullFailed'],
    ['Get "https://registry.example/v2/": dial tcp: lookup registry.example: server misbehaving', 'pullFailed'],
    ['Temporary failure in name resolution', 'pullFailed'],
    ['Get "https://registry.example/v2/": dial tcp 192.0.2.1:443: i/o timeout', 'pullFailed'],
    ['toomanyrequests: You have reached your pull rate limit.', 'pullFailed'],
    ['write /var/lib/docker/tmp/x: no space left on device', 'diskFull'],
    ['failed to register layer: write /usr/lib/x: no space left on device', 'diskFull'],
    ['unknown: no space left on device', 'pullFailed'],
    ['unknown: write /var/lib/docker/tmp/x: no space left on device', 'pullFailed'],
    ['unknown: could not select device driver', 'pullFailed'],
    ['unexpected status code 500 - Server message: exec: "x": executable file not found', 'pullFailed'],
  ])('of a pull, by “%s”, is %s', (said, code) => {
    expect(pull(said)).toBe(code);
  });

  it.each([
    ['manifest unknown: manifest unknown', false],
    ['pull access denied for owner/image', false],
    ['no matching manifest for linux/arm64 in the manifest list entries', true],
    ['dial tcp: lookup registry.example on 127.0.0.53:53: no such host', true],
  ])('says of “%s” whether it is so for this machine only', (said, onlyHere) => {
    const failure = pullFailure(new Error(said), 'registry.example/owner/image:v1');
    expect(failure).toMatchObject({ code: 'imageNotFound', onlyHere });
  });

  it.each(['ghcr.io', 'nvcr.io', 'quay.io'])('holds a machine that does not find %s against nobody', (registry) => {
    const said = new Error(`dial tcp: lookup ${registry} on 10.0.0.1:53: no such host`);
    expect(pullFailure(said, `${registry}/owner/image:v1`).code).toBe('pullFailed');
  });

  it.each(['ubuntu:24.04', 'owner/image:v1', 'docker.io/owner/image:v1'])(
    'holds a machine that does not find Docker Hub against nobody who booked %s',
    (image) => {
      for (const host of ['registry-1.docker.io', 'auth.docker.io', 'docker.io'])
        expect(pullFailure(new Error(`dial tcp: lookup ${host} on 10.0.0.1:53: no such host`), image).code).toBe(
          'pullFailed',
        );
    },
  );

  it.each([
    ['exec: "/no/such/program": stat /no/such/program: no such file or directory: unknown', 'unrunnable'],
    ['exec: "train.py": executable file not found in $PATH: unknown', 'unrunnable'],
    ['exec /entrypoint.sh: exec format error', 'unrunnable'],
    ['error mounting "/usr/lib/nvidia" to rootfs: no such file or directory: unknown', 'startFailed'],
    ['could not select device driver "" with capabilities: [[gpu]]', 'gpuMissing'],
    ['nvidia-container-cli: device error: GPU-1: unknown device: unknown', 'gpuMissing'],
    ['OCI runtime create failed: mkdir /var/lib/docker/x: no space left on device: unknown', 'diskFull'],
    ['unable to find user no space left on device: no matching entries in passwd file', 'unrunnable'],
    ['unable to find user could not select device driver: no matching entries in passwd file', 'unrunnable'],
    ['Cannot mkdir: /etc/passwd/no space left on device is not a directory', 'unrunnable'],
    ['chdir to cwd ("/unknown device") set in config.json failed: not a directory: unknown', 'startFailed'],
    ['driver failed programming external connectivity', 'startFailed'],
  ])('of a start, by “%s”, is %s: only what the renter chose is theirs', (said, code) => {
    expect(start(said)).toBe(code);
  });
});
