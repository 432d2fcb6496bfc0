import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect } from 'react';
import { Notice } from '../ui/notice.tsx';

export function NotFoundPage(): ReactElement {
  useEffect(() => {
    document.title = 'No such page · Sightline';
  }, []);
  return (
    <main className="page">
      <Notice icon="search" title="There is no page here">
        <p>The address may be mistyped.</p>
        <Link to="/search" className="button primary">
          Search traces
        </Link>
      </Notice>
    </main>
  );
}
