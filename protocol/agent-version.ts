/** The version of the agent of this repository: what a market serves, and what its newest agents say they are. */
export const AGENT_VERSION = '0.1.0';
