import type { ChdbResult, Session } from 'chdb';

/**
 * What a statement wrote before it failed or was killed stays in its connection: chdb puts it in front of what the next one
 * answers. So whatever comes after a failure is asked for nothing first.
 * @param format of the rows
 */
export async function askSession(session: Session, sql: string, format = 'Null'): Promise<ChdbResult> {
  try {
    return await session.queryAsync(sql, { format });
  } catch (error) {
    await session.queryAsync("SET log_comment = ''");
    throw error;
  }
}
