import { fork } from 'node:child_process';
import { once } from 'node:events';

/** The load generator as a process of its own, ready to begin. */
export async function startLoad(job) {
  const child = fork(new URL('./load.mjs', import.meta.url), [JSON.stringify(job)]);
  const [{ bytesPerSpan }] = await once(child, 'message');
  return {
    bytesPerSpan,
    async run() {
      child.send('go');
      const [result] = await once(child, 'message');
      return result;
    },
    begin() {
      child.send('go');
    },
    /** Before its time. */
    end() {
      child.kill();
    },
  };
}
