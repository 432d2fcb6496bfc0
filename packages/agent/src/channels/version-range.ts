/// <reference path="./semifies.d.ts" />
import semifies from 'semifies';

/** @param range semver, as the declarations have it */
export function isInRange(version: string, range: string): boolean {
  return semifies(version, range);
}
