/** Bytes or JSON that are not what they claim to be: where, and what is wrong there. */
export class DecodeError extends Error {
  /** From the start of the (decompressed) body. */
  readonly byteOffset: number;
  /** `resourceSpans[0].scopeSpans[2].spans[7].name`; '' for the body itself. */
  readonly path: string;
  readonly problem: string;

  constructor(byteOffset: number, path: string, problem: string) {
    super(`${path === '' ? 'body' : shortened(path)}: ${problem} (at byte ${byteOffset})`);
    this.name = 'DecodeError';
    this.byteOffset = byteOffset;
    this.path = path;
    this.problem = problem;
  }
}

/** Deep values have paths that nobody reads to the end. */
function shortened(path: string): string {
  return path.length <= 160 ? path : `${path.slice(0, 100)}…${path.slice(-50)}`;
}
