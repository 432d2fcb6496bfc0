/** Small things that a browser remembers for its person. Storage may be switched off: then it forgets. */
import { useSyncExternalStore } from 'react';

export interface Remembered<Value> {
  read(): Value;
  write(value: Value): void;
  subscribe(listener: () => void): () => void;
}

export function remembered<Value>(key: string, parse: (text: string | null) => Value): Remembered<Value> {
  const listeners = new Set<() => void>();
  let value = parse(readStorage(key));
  return {
    read: () => value,
    write(next) {
      value = next;
      writeStorage(key, typeof next === 'string' ? next : JSON.stringify(next));
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useRemembered<Value>(store: Remembered<Value>): [Value, (value: Value) => void] {
  return [useSyncExternalStore(store.subscribe, store.read), store.write];
}

export function rememberedNumber(key: string, fallback: number): Remembered<number> {
  return remembered(key, (text) => {
    const number = Number(text ?? Number.NaN);
    return Number.isFinite(number) ? number : fallback;
  });
}

function readStorage(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function writeStorage(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Storage is full or switched off; the choice holds until the page is closed.
  }
}
