import { expect, test } from 'vitest';
import { InsertGate } from './insert-gate.ts';

/** What goes on, and what ends it. */
function things(): {
  going: string[];
  go: (name: string) => () => Promise<void>;
  end: (name: string) => Promise<void>;
} {
  const going: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    going,
    go: (name) => () => {
      going.push(name);
      return new Promise((resolve) => {
        ends.set(name, () => {
          going.splice(going.indexOf(name), 1);
          resolve();
        });
      });
    },
    async end(name) {
      ends.get(name)?.();
      await settled();
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('inserts go side by side; what goes alone waits for them, and they for it', async () => {
  const { going, go, end } = things();
  const gate = new InsertGate();
  const all = [gate.insert(go('first'), false), gate.insert(go('second'), false)];
  all.push(gate.alone(go('counting')), gate.alone(go('counting again')), gate.insert(go('third'), false));
  await settled();
  expect(going).toEqual(['first', 'second']);
  await end('first');
  expect(going).toEqual(['second']);
  await end('second');
  expect(going).toEqual(['counting']);
  await end('counting');
  expect(going).toEqual(['counting again']);
  await end('counting again');
  expect(going).toEqual(['third']);
  await end('third');
  await Promise.all(all);
});

test('an insert that others wait for passes what waits, not what runs', async () => {
  const { going, go, end } = things();
  const gate = new InsertGate();
  const all = [gate.insert(go('waits for the repeat'), false), gate.alone(go('counting'))];
  all.push(gate.insert(go('repeat'), true));
  await settled();
  expect(going).toEqual(['waits for the repeat', 'repeat']);
  await end('repeat');
  await end('waits for the repeat');
  expect(going).toEqual(['counting']);
  all.push(gate.insert(go('later repeat'), true));
  await settled();
  expect(going).toEqual(['counting']);
  await end('counting');
  expect(going).toEqual(['later repeat']);
  await end('later repeat');
  await Promise.all(all);
});

test('a failure is for who asked, and holds up nobody', async () => {
  const gate = new InsertGate();
  const failing = (): Promise<void> => Promise.reject(new Error('no'));
  await expect(gate.insert(failing, false)).rejects.toThrow('no');
  await expect(gate.alone(failing)).rejects.toThrow('no');
  await gate.insert(() => Promise.resolve(), false);
  await gate.alone(() => Promise.resolve());
});
