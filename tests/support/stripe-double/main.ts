/**
 * `npm run stripe-double -- [PORT] [WEBHOOK_URL]`: a double of Stripe on loopback, with its hosted pages, which tells the market at WEBHOOK_URL by
 * itself what happens. Set the variables that it prints for the market.
 */
import { startStripeDouble } from './server.ts';

const [port = '12111', url] = process.argv.slice(2);
const double = await startStripeDouble({ port: Number(port), webhooks: { mode: 'auto', url } });
console.log(`A double of Stripe listens at ${double.url}. It keeps everything in memory.`);
for (const [name, value] of Object.entries(double.env)) console.log(`${name}=${value}`);
console.log(
  url === undefined ? 'Nobody hears its webhooks: name an address to send them to.' : `Webhooks go to ${url}`,
);
process.once('SIGINT', () => void double.close());
process.once('SIGTERM', () => void double.close());
