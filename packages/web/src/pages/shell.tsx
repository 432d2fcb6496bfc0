import { Link, Outlet } from '@tanstack/react-router';
import { type ReactElement, useEffect, useState } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import { Mark } from '../ui/mark.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { SpoolBanner } from './spool-banner.tsx';
import { ThemeSwitch } from './theme-switch.tsx';
import { TraceIdBox } from './trace-id-box.tsx';

export function Shell(): ReactElement {
  const [helpOpen, setHelpOpen] = useState(false);
  useEffect(() => {
    const openHelp = (event: KeyboardEvent) => {
      if (event.key === '?' && !isTyping(event.composedPath()[0])) setHelpOpen(true);
    };
    document.addEventListener('keydown', openHelp);
    return () => document.removeEventListener('keydown', openHelp);
  }, []);
  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <header className="top-bar">
        <Link to="/search" className="brand" aria-label="Sightline: search traces">
          <Mark />
          <span>Sightline</span>
        </Link>
        <nav aria-label="Main">
          <Link to="/search" className="nav-link" activeOptions={{ includeSearch: false }}>
            Traces
          </Link>
          <Link to="/services" className="nav-link" activeOptions={{ includeSearch: false }}>
            Services
          </Link>
          <Link to="/map" className="nav-link" activeOptions={{ includeSearch: false }}>
            Map
          </Link>
        </nav>
        <div className="top-bar-end">
          <TraceIdBox />
          <IconButton
            icon="keyboard"
            label="Keyboard shortcuts"
            keys="?"
            onClick={() => setHelpOpen(true)}
            className="wide-only"
          />
          <ThemeSwitch />
        </div>
      </header>
      <SpoolBanner />
      <div id="content" className="content" tabIndex={-1}>
        <Outlet />
      </div>
      <KeyboardHelp open={helpOpen} onOpenChange={setHelpOpen} />
    </div>
  );
}

function isTyping(target: EventTarget | undefined): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}
