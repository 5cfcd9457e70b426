import { agentDoor } from '#doors/agent/app.ts';

export const dynamic = 'force-dynamic';

const door = agentDoor();
const answer = (request: Request) => door.fetch(request);

export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT };
