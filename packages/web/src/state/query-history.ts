import { readHistory, withQuery } from '../model/query-history.ts';
import { type Remembered, remembered } from './remembered.ts';

export const queryHistory: Remembered<readonly string[]> = remembered('sightline.queries', readHistory);

export function rememberQuery(query: string): void {
  const history = queryHistory.read();
  const next = withQuery(history, query);
  if (next !== history) queryHistory.write(next);
}
