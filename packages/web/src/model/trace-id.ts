/**
 * Finds the trace id in what somebody pasted: the bare id, a `traceparent`, a URL, a log line.
 * Ids of 16 digits (old 64-bit tracers) are padded.
 */
export function findTraceId(text: string): string | undefined {
  const [long] = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/i.exec(text.replaceAll('-', ' ')) ?? [];
  if (long) return long.toLowerCase();
  const short = /^[0-9a-f]{16}$/i.exec(text.trim())?.[0];
  return short?.toLowerCase().padStart(32, '0');
}
