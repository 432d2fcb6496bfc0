/** Put in place by build.mjs; not there where the sources run as they are, in tests. */
declare const __AGENT_VERSION__: string | undefined;
export const agentVersion: string = typeof __AGENT_VERSION__ === 'string' ? __AGENT_VERSION__ : '0.0.0';
