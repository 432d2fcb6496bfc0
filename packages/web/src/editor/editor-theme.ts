import { EditorView } from '@codemirror/view';

/** The editor stands in a shadow root, where of the pages' styles only the tokens reach it. */
export const editorTheme: ReturnType<typeof EditorView.theme> = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--ink)', fontSize: 'var(--text-m)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', maxHeight: '12rem' },
  '.cm-content': { padding: '0.375rem 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 0.625rem' },
  '.cm-placeholder': { color: 'var(--ink-3)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'light-dark(#bfe5de, #1d5a4f)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: 'none' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--error-soft)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--error)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '0.2em',
  },
  '.cm-lintPoint-error::after': { borderBottomColor: 'var(--error)' },
  '.cm-tooltip': {
    border: '0',
    borderRadius: 'var(--radius-l)',
    backgroundColor: 'var(--raised)',
    boxShadow: 'var(--shadow-layer)',
    color: 'var(--ink)',
  },
  '.cm-diagnostic': { padding: '0.375rem 0.75rem', border: '0', fontFamily: 'var(--sans)', fontSize: 'var(--text-s)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    maxWidth: 'min(36rem, calc(100vw - 2rem))',
    maxHeight: '18rem',
    padding: '0.25rem',
    fontFamily: 'var(--mono)',
    fontSize: 'var(--text-s)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    justifyContent: 'space-between',
    gap: '1.5rem',
    padding: '0.25rem 0.5rem',
    borderRadius: 'var(--radius)',
    lineHeight: '1.5',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'light-dark(#eef2f2, #283133)',
    color: 'var(--ink)',
  },
  '.cm-completionLabel': { overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completionMatchedText': { color: 'var(--accent)', textDecoration: 'none', fontWeight: '500' },
  '.cm-completionDetail': {
    flex: 'none',
    marginLeft: '0',
    color: 'var(--ink-3)',
    fontFamily: 'var(--sans)',
    fontStyle: 'normal',
    fontSize: 'var(--text-xs)',
    lineHeight: '1.6',
  },
});
