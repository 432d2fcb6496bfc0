import { type ReactElement, useEffect, useState } from 'react';
import { Icon, type IconName } from './icon.tsx';

interface Props {
  text: string | (() => string);
  label: string;
  icon?: IconName;
  /** Shows the label as text instead of keeping it for screen readers. */
  wide?: boolean;
}

export function CopyButton({ text, label, icon = 'copy', wide = false }: Props): ReactElement {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => setCopied(await copyText(typeof text === 'string' ? text : text()));
  return (
    <button
      type="button"
      className={wide ? 'button' : 'icon-button small'}
      onClick={copy}
      aria-label={copied ? 'Copied' : label}
      title={label}
      data-copied={copied || undefined}
    >
      <Icon name={copied ? 'check' : icon} size={wide ? 16 : 14} />
      {wide && <span aria-hidden="true">{copied ? 'Copied' : label}</span>}
    </button>
  );
}

/** Where the page is served over plain HTTP from another host, browsers give no clipboard. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
}
