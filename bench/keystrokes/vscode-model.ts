/** How VS Code asks for ghost text and keeps it on screen (vscode-platform.md §1.4, completions.md §1), without its window. */
import type { Clock } from '../../src/base/clock.ts';
import type { Disposable } from '../../src/base/disposable.ts';
import { Emitter, type Event } from '../../src/base/event.ts';
import type { Suggestion } from '../../src/completion/suggestion.ts';
import type { Position } from '../../src/editor/document.ts';
import type { GhostSource } from './ghost-source.ts';
import type { MemoryDocument } from './memory-document.ts';

/** From the change event to the call of the provider. */
export const DEBOUNCE_MS = 50;
/** From the next key to the cancellation of a running call. */
const CANCEL_MS = 30;
/** From the key to the moment when the suggest widget stops the automatic question and asks a second time. */
const DEADLINE_MS = 750;
/** From an empty answer inside a word to the second question, which comes with the suggest widget. */
const WIDGET_MS = 300;
/** From our trigger command to the call of the provider: to the window and back. */
const TRIGGER_MS = 5;

interface Ghost {
  readonly suggestion: Suggestion;
  readonly start: Position;
}

export interface GhostEvent {
  readonly at: number;
  /** What is shown behind the cursor from now on. */
  readonly text: string | undefined;
}

export interface EditorModel {
  readonly document: MemoryDocument;
  /** The ghost text behind the cursor. */
  readonly ghost: string | undefined;
  /** Times at which shown text was replaced by other text, or taken away, without a key. */
  readonly flickers: readonly number[];
  /** As above, where the text said again what had just been deleted: the editor keeps it until it asks. */
  readonly corrections: readonly number[];
  type(text: string): void;
  backspace(): void;
  accept(): void;
  undoAccept(): void;
  readonly onGhost: Event<GhostEvent>;
  dispose(): void;
}

/** `measure` sees each synchronous piece of the source's work on a key. */
export function createEditorModel(
  clock: Clock,
  document: MemoryDocument,
  source: GhostSource,
  measure: (name: 'change' | 'provide', work: () => void) => void = (_name, work) => work(),
): EditorModel {
  let ghost: Ghost | undefined;
  let running: AbortController | undefined;
  let timers: Disposable[] = [];
  let lastAccept: { readonly start: Position; readonly before: string } | undefined;
  let askedTwice = false;
  let shownText: string | undefined;
  const flickers: number[] = [];
  const corrections: number[] = [];
  let deleted = '';
  let disposed = false;
  const changed = new Emitter<GhostEvent>();

  const remainder = (): string | undefined => {
    if (ghost === undefined) {
      return undefined;
    }
    const { insertText } = ghost.suggestion;
    const { start } = ghost;
    const { line, character } = document.cursor;
    if (line < start.line || (line === start.line && character < start.character)) {
      return undefined;
    }
    const typed = document.textSince(start);
    return insertText.length > typed.length && insertText.startsWith(typed)
      ? insertText.slice(typed.length)
      : undefined;
  };

  const publish = (): void => {
    const text = remainder();
    if (text === undefined) {
      ghost = undefined;
    }
    if (text !== shownText) {
      shownText = text;
      changed.fire({ at: clock.now(), text });
    }
  };

  const later = (work: () => void, delayMs: number): void => {
    timers.push(clock.setTimeout(work, delayMs));
  };

  const cancelRunning = (): void => {
    const old = running;
    running = undefined;
    if (old !== undefined) {
      clock.setTimeout(() => old.abort(), CANCEL_MS);
    }
  };

  const ask = (): void => {
    running?.abort();
    const controller = new AbortController();
    running = controller;
    const { version } = document.view;
    let answer: Promise<readonly Suggestion[]> = Promise.resolve([]);
    measure('provide', () => {
      answer = source.provide(
        { document: document.view, position: document.cursor, trigger: 'automatic', selectedEntry: undefined },
        controller.signal,
      );
    });
    void answer
      .catch(() => [])
      .then((suggestions) => {
        if (running === controller && document.view.version === version && !disposed) {
          running = undefined;
          show(suggestions);
        }
      });
  };

  const show = (suggestions: readonly Suggestion[]): void => {
    const before = remainder();
    const [first] = suggestions;
    ghost = first === undefined ? undefined : { suggestion: first, start: first.range.start };
    const after = remainder();
    if (before !== undefined && (after === undefined || !after.startsWith(before))) {
      (deleted !== '' && before.startsWith(deleted) ? corrections : flickers).push(clock.now());
    }
    publish();
    if (first === undefined && endsInWord() && !askedTwice) {
      askedTwice = true;
      later(ask, WIDGET_MS);
    }
  };

  const endsInWord = (): boolean =>
    /[\w$]$/.test(document.view.lineAt(document.cursor.line).slice(0, document.cursor.character));

  const edit = (start: Position, text: string, cause: 'typing' | 'undo'): void => {
    for (const timer of timers) {
      timer.dispose();
    }
    timers = [];
    askedTwice = false;
    cancelRunning();
    const change = document.replace(start, text);
    measure('change', () => source.documentChanged({ document: document.view, edits: [change], cause }));
    publish();
    later(ask, DEBOUNCE_MS);
    if (endsInWord()) {
      later(() => {
        if (running !== undefined) {
          askedTwice = true;
          ask();
        }
      }, DEADLINE_MS);
    }
  };

  const late = source.onLateResult(() => later(ask, TRIGGER_MS));

  return {
    document,
    get ghost() {
      return remainder();
    },
    flickers,
    corrections,
    type: (text) => {
      deleted = '';
      edit(document.cursor, text, 'typing');
    },
    backspace: () => {
      const { line, character } = document.cursor;
      const start = character > 0 ? { line, character: character - 1 } : previousLineEnd(document, line);
      deleted = document.textSince(start) + deleted;
      edit(start, '', 'typing');
    },
    accept: () => {
      const accepted = ghost;
      if (accepted === undefined) {
        return;
      }
      lastAccept = { start: accepted.start, before: document.textSince(accepted.start) };
      ghost = undefined;
      deleted = '';
      edit(accepted.start, accepted.suggestion.insertText, 'typing');
      // The item's command runs about a millisecond after the change event.
      clock.setTimeout(() => source.accepted(accepted.suggestion.id), 1);
    },
    undoAccept: () => {
      if (lastAccept !== undefined) {
        ghost = undefined;
        edit(lastAccept.start, lastAccept.before, 'undo');
        lastAccept = undefined;
      }
    },
    onGhost: changed.event,
    dispose: () => {
      disposed = true;
      late.dispose();
      running?.abort();
      for (const timer of timers) {
        timer.dispose();
      }
    },
  };
}

function previousLineEnd(document: MemoryDocument, line: number): Position {
  return { line: Math.max(0, line - 1), character: document.view.lineAt(Math.max(0, line - 1)).length };
}
