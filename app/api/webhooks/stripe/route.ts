import { stripeDoor } from '#doors/webhooks/stripe.ts';

export const dynamic = 'force-dynamic';

const door = stripeDoor();

export const POST = (request: Request) => door.fetch(request);
