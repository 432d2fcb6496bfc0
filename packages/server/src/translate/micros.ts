/**
 * Decimal microseconds as nanoseconds, every digit of them: some clients send fractions of a microsecond.
 * @returns undefined when the text is not a number
 */
export function nanoOfMicros(text: string): bigint | undefined {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d{1,30})(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === '') return nanoOfFloat(text);
  const nano = BigInt(whole + fraction.slice(0, 3).padEnd(3, '0'));
  return sign === '-' ? -nano : nano;
}

/** `1.7638e15` */
function nanoOfFloat(text: string): bigint | undefined {
  if (!/^-?\d{1,30}(\.\d{1,30})?[eE][+-]?\d{1,3}$/.test(text)) return undefined;
  const micros = Number(text);
  return Number.isFinite(micros) ? BigInt(Math.round(micros)) * 1000n : undefined;
}
