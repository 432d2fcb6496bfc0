/**
 * The query bar's text: CodeMirror with TraceQL. It stands in a shadow root because that is where CodeMirror
 * styles itself without a `<style>` element, which the content security policy would refuse.
 */
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewline } from '@codemirror/commands';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, forceLinting, linter } from '@codemirror/lint';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { drawSelection, EditorView, type KeyBinding, keymap, placeholder } from '@codemirror/view';
import { HistoryWalk } from '../model/query-history.ts';
import { editorTheme } from './editor-theme.ts';
import { completeTraceQl, type KnownNames } from './traceql-completion.ts';
import { traceQlColors, traceQlLanguage } from './traceql-language.ts';

export interface Problem {
  message: string;
  /** Offsets in the text; absent where the error is not in one place. */
  from?: number;
  to?: number;
}

export interface QueryEditorOptions {
  host: HTMLElement;
  text: string;
  names: KnownNames;
  /** The queries run before, the newest first. */
  history: () => readonly string[];
  onChange: (text: string) => void;
  onRun: (text: string) => void;
  /** Undefined: the text is a query. */
  check: (text: string) => Promise<Problem | undefined>;
  onProblem: (problem: Problem | undefined) => void;
}

export interface QueryEditor {
  focus(): void;
  /** Replaces the text, unless it is the same. */
  setText(text: string): void;
  destroy(): void;
}

export function createQueryEditor(options: QueryEditorOptions): QueryEditor {
  const { host, text } = options;
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const state = EditorState.create({ doc: text, extensions: extensionsOf(options) });
  const view = new EditorView({ state, root, parent: root });
  forceLinting(view);
  return {
    focus: () => view.focus(),
    setText: (next) => {
      if (next !== view.state.doc.toString()) replaceText(view, next);
    },
    destroy: () => view.destroy(),
  };
}

function extensionsOf(options: QueryEditorOptions): Extension[] {
  return [
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run: runKey(options) }])),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    traceQlLanguage,
    syntaxHighlighting(traceQlColors),
    autocompletion({ override: [(context) => completeTraceQl(context, options.names)], icons: false }),
    linter((view) => diagnose(view, options), { delay: 400 }),
    placeholder('{ resource.service.name = "shop" && duration > 500ms }'),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': 'TraceQL query', autocapitalize: 'off', spellcheck: 'false' }),
    EditorView.updateListener.of(({ docChanged, state }) => docChanged && options.onChange(state.doc.toString())),
    keymap.of([
      { key: 'Tab', run: acceptCompletion },
      { key: 'Shift-Enter', run: insertNewline },
      { key: 'Enter', run: runKey(options) },
      ...walkKeys(options),
      ...closeBracketsKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    editorTheme,
  ];
}

function runKey({ onRun }: QueryEditorOptions): (view: EditorView) => boolean {
  return (view) => {
    onRun(view.state.doc.toString());
    return true;
  };
}

/** ↑ and ↓ lead through the history where there is no line to go to. */
function walkKeys({ history: read }: QueryEditorOptions): KeyBinding[] {
  let walk: HistoryWalk | undefined;
  let shown: string | undefined;
  const step = (view: EditorView, direction: 'older' | 'newer') => {
    const { doc, selection } = view.state;
    const edge = direction === 'older' ? 1 : doc.lines;
    if (doc.lineAt(selection.main.head).number !== edge) return false;
    const text = doc.toString();
    if (text !== shown) walk = new HistoryWalk(read(), text);
    const next = walk?.step(direction);
    if (next === undefined) return false;
    shown = next;
    replaceText(view, next);
    return true;
  };
  return [
    { key: 'ArrowUp', run: (view) => step(view, 'older') },
    { key: 'ArrowDown', run: (view) => step(view, 'newer') },
  ];
}

function replaceText(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length } });
}

async function diagnose(view: EditorView, { check, onProblem }: QueryEditorOptions): Promise<Diagnostic[]> {
  const text = view.state.doc.toString();
  const problem = text.trim() === '' ? undefined : await check(text);
  onProblem(problem);
  return problem ? [diagnosticOf(problem, text.length)] : [];
}

/** What is missing at the end is marked at the last character. */
function diagnosticOf({ message, from = 0, to = from }: Problem, length: number): Diagnostic {
  const end = Math.min(Math.max(to, from), length);
  const start = Math.min(from, end === length ? Math.max(0, length - 1) : end);
  return { from: start, to: end, severity: 'error', message };
}
