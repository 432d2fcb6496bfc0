/** The asker's mistake: `message` says what is wrong with which value, and what would be right. */
export class InvalidParameter extends Error {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly field: string;

  constructor(code: string, field: string, message: string) {
    super(message);
    this.name = 'InvalidParameter';
    this.code = code;
    this.field = field;
  }
}
