import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ApiError } from '../../api/client.ts';
import { statusQuery } from '../../api/queries.ts';
import { loosenings } from '../../model/loosen.ts';
import type { SearchState } from '../../model/search-params.ts';
import { countOf } from '../../model/time-text.ts';
import { Command } from '../../ui/command.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Notice } from '../../ui/notice.tsx';
import { QueryExamples } from './query-examples.tsx';

interface Props {
  state: SearchState;
  onChange: (next: SearchState) => void;
}

export function NothingFound({ state, onChange }: Props): ReactElement | null {
  const { data: status, isPending } = useQuery({ ...statusQuery(), staleTime: 0, refetchInterval: 3000 });
  if (isPending) return null;
  return status?.spanCount === 0 ? (
    <NoDataYet otlp={status.addresses.otlpHttp} />
  ) : (
    <NoMatch state={state} onChange={onChange} stored={status?.spanCount} />
  );
}

function NoDataYet({ otlp }: { otlp: string | undefined }): ReactElement {
  return (
    <Notice icon="target" title="No traces yet">
      <p>Put this in front of the command that starts your program, then send it a request:</p>
      <Command text="sightline run node server.js" />
      <p className="waiting">
        <span className="live-dot" data-on aria-hidden="true" />
        Looking for the first trace. It will appear here by itself.
      </p>
      {otlp && <p className="faint">Already using OpenTelemetry? Send OTLP/HTTP to {otlp}.</p>}
    </Notice>
  );
}

function NoMatch({ state, onChange, stored }: Props & { stored: number | undefined }): ReactElement {
  const suggestions = loosenings(state).slice(0, 6);
  return (
    <Notice icon="search" title="No trace matches">
      <p>
        One span has to meet all conditions at once.
        {stored !== undefined && ` ${countOf(stored, 'span')} stored altogether.`}
      </p>
      {suggestions.length > 0 && (
        <div className="notice-actions">
          {suggestions.map(({ label, state: next }) => (
            <button key={label} type="button" className="button" onClick={() => onChange(next)}>
              {label}
            </button>
          ))}
        </div>
      )}
    </Notice>
  );
}

/** The traces below came before the server fell silent. */
export function SearchOutdated({ error }: { error: Error }): ReactElement {
  return (
    <p className="outdated" role="alert">
      <Icon name="warning" size={14} />
      {error.message} What shows came before.
    </p>
  );
}

/** The traces below are not all that there are. */
export function SearchIncomplete({ warnings }: { warnings: readonly string[] }): ReactElement | null {
  if (warnings.length === 0) return null;
  return (
    <p className="incomplete" role="status">
      <Icon name="warning" size={14} />
      {warnings.join(' ')}
    </p>
  );
}

export function SearchFailed({ error, onRetry }: { error: Error; onRetry: () => void }): ReactElement {
  return (
    <Notice icon="warning" tone="error" title="The search failed">
      <p>{error.message}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </Notice>
  );
}

interface RefusedProps {
  error: Error;
  onRetry: () => void;
  onRun: (q: string) => void;
}

/** The query bar underlines the place and says what is wrong with it; this shows what is right. */
export function QueryRefused({ error, onRetry, onRun }: RefusedProps): ReactElement {
  if (error instanceof ApiError && error.status !== 400) return <SearchFailed error={error} onRetry={onRetry} />;
  return (
    <Notice icon="warning" title="The query has an error">
      <p>It is underlined above. Queries look like these:</p>
      <QueryExamples onPick={onRun} />
    </Notice>
  );
}
