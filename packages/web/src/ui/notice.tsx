import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

interface Props {
  icon: IconName;
  title: string;
  tone?: 'calm' | 'error';
  children?: ReactNode;
}

/** Stands where content would: nothing found, something went wrong. */
export function Notice({ icon, title, tone = 'calm', children }: Props): ReactElement {
  return (
    <section className="notice" data-tone={tone} role={tone === 'error' ? 'alert' : 'status'}>
      <span className="notice-icon">
        <Icon name={icon} size={20} />
      </span>
      <h2>{title}</h2>
      <div className="notice-body">{children}</div>
    </section>
  );
}
