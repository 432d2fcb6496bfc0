import { RE2JS, type RE2JSSyntaxException } from 're2js';

/** @returns what is wrong with it as a pattern of RE2, in a few words; undefined where nothing is */
export function patternProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return (error as RE2JSSyntaxException).message.replace(/^error parsing regexp: /, '');
  }
}
