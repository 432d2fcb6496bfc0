/** One thing that the doctor looked at. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'problem';
  readonly text: string;
  /** What to do about it; may have several lines. */
  readonly advice?: string;
}

export function ok(text: string): Finding {
  return { level: 'ok', text };
}

export function note(text: string, advice?: string): Finding {
  return { level: 'note', text, ...(advice !== undefined && { advice }) };
}

export function problem(text: string, advice: string): Finding {
  return { level: 'problem', text, advice };
}

const marks = { ok: '  ok ', note: '  -- ', problem: '  !! ' };

export function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ level, text, advice }) => [
    `${marks[level]} ${text}`,
    ...(advice === undefined ? [] : advice.split('\n').map((line) => `       ${line}`)),
  ]);
}
