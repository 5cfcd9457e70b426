import { parseArgs } from 'node:util';
import { walkTheLoop } from './smoke/walk.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    email: { type: 'string', default: 'renter@demo.sublet.test' },
    password: { type: 'string', default: 'sublet-demo-2026' },
    image: { type: 'string', default: 'sublet/busybox:latest' },
    use: { type: 'string', default: '5' },
    timeout: { type: 'string', default: '120' },
  },
});

try {
  const result = await walkTheLoop({
    url: values.url,
    email: values.email,
    password: values.password,
    image: values.image,
    useSeconds: Number(values.use),
    timeoutSeconds: Number(values.timeout),
  });
  console.log(JSON.stringify(result));
} catch (error) {
  const sentence = error instanceof Error ? error.message : String(error);
  console.log(JSON.stringify({ ok: false, error: sentence }));
  console.error(sentence);
  process.exitCode = 1;
}
