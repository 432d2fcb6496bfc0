/**
 * What ClickHouse calls an error: `TIMEOUT_EXCEEDED` and so on; '' for errors that are not its own. The client has it as
 * a property; a session of chdb has it only in the message.
 *
 * @see https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('type' in error && typeof error.type === 'string') return error.type;
  return /Exception: .*\(([A-Z][A-Z0-9_]{2,})\)/s.exec(error.message)?.[1] ?? '';
}
