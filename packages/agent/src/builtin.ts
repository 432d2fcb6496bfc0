import { createRequire } from 'node:module';

const requireBuiltin = createRequire(process.execPath);

/** A builtin module, loaded when asked for: node:http is 5 ms of a program that may never use it. */
export function builtin<T>(name: string): T {
  return requireBuiltin(name) as T;
}
