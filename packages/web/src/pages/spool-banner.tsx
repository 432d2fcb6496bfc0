import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { statusQuery } from '../api/queries.ts';
import { spoolNotice } from '../model/spool-notice.ts';
import { Icon } from '../ui/icon.tsx';

const lookEveryMs = 5000;

/** On every page while the server takes no spans or cannot ask its database: what is missing below may be missing for that reason. */
export function SpoolBanner(): ReactElement | null {
  const { data: status } = useQuery({ ...statusQuery(), staleTime: 0, refetchInterval: lookEveryMs });
  const notice = status && spoolNotice(status);
  if (!notice) return null;
  return (
    <p className="spool-banner" role="alert">
      <Icon name="warning" />
      <span>
        <strong>{notice.title}</strong> {notice.text}
      </span>
    </p>
  );
}
