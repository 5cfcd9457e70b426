/** As in package.json; kept here because the bundled agent is one file. */
export const AGENT_VERSION = '0.1.0';
