/** What became of each suggestion, as far as a stable API can know: shown, accepted, rejected, and still there later. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { DocumentView } from '../editor/document.ts';
import type { OutcomeEvent } from './engine.ts';
import type { DocumentChange, SuggestionOutcome } from './suggestion.ts';

/** The intervals after which the field looks again (Copilot: 15 s to 10 min; Cody: 30 s to 10 min). */
const RETENTION_CHECKS = [
  { delayMs: 30_000, kept: 'retained-30s', gone: 'removed-30s' },
  { delayMs: 300_000, kept: 'retained-5min', gone: 'removed-5min' },
] as const;
/** Share of the text's 4-grams that must still be near its place. */
const KEPT_SHARE = 0.5;
/** Lines around the place of the accept that are searched. */
const NEARBY_LINES = 60;
/** Suggestions whose accept command may still come: the editor may hold one for a while after it was answered. */
const REMEMBERED = 50;

export interface ShownSuggestion {
  readonly id: string;
  readonly uri: string;
  readonly providerId: string;
  /** The text at the cursor, without what stood on the line before. */
  readonly text: string;
  readonly document: DocumentView;
  readonly line: number;
}

export interface Outcomes extends Disposable {
  shown(suggestion: ShownSuggestion): void;
  /** An edit of the document: typing along, a partial accept, or something else. */
  changed(change: DocumentChange): void;
  /** Both return the URI of the document that it was shown in. */
  accepted(id: string): string | undefined;
  rejected(id: string): string | undefined;
  /** Time of the last full accept, by the clock; `undefined` before the first. */
  readonly lastAcceptAt: number | undefined;
  readonly onOutcome: Event<OutcomeEvent>;
}

export function createOutcomes(clock: Clock): Outcomes {
  const emitter = new Emitter<OutcomeEvent>();
  const timers = new Set<Disposable>();
  const remembered = new Map<string, ShownSuggestion>();
  /** What is on the screen, with the part that is left of it. */
  let current: { readonly suggestion: ShownSuggestion; rest: string } | undefined;
  let lastAcceptAt: number | undefined;

  const tell = (suggestion: ShownSuggestion, outcome: SuggestionOutcome): void =>
    emitter.fire({
      suggestionId: suggestion.id,
      outcome,
      providerId: suggestion.providerId,
      characters: suggestion.text.length,
    });

  const checkLater = (suggestion: ShownSuggestion): void => {
    for (const { delayMs, kept, gone } of RETENTION_CHECKS) {
      const timer = clock.setTimeout(() => {
        timers.delete(timer);
        tell(suggestion, isKept(suggestion) ? kept : gone);
      }, delayMs);
      timers.add(timer);
    }
  };

  return {
    shown: (suggestion) => {
      remembered.set(suggestion.id, suggestion);
      if (remembered.size > REMEMBERED) {
        const [oldest] = remembered.keys();
        remembered.delete(oldest ?? '');
      }
      // Typed through, the same text is answered again with a shorter rest: that is one suggestion.
      const same = current?.suggestion.uri === suggestion.uri && current.rest === suggestion.text;
      current = { suggestion, rest: suggestion.text };
      if (!same) {
        tell(suggestion, 'shown');
      }
    },
    changed: (change) => {
      const [edit] = change.edits;
      if (current === undefined || change.document.uri !== current.suggestion.uri || edit === undefined) {
        return;
      }
      const inserted = edit.text.replaceAll('\r\n', '\n');
      if (inserted === '' || change.cause !== 'typing') {
        current = undefined;
      } else if (current.rest.startsWith(inserted)) {
        current.rest = current.rest.slice(inserted.length);
        // One character is typing along; the whole text is reported by the item's command.
        if (inserted.length > 1 && current.rest !== '') {
          tell(current.suggestion, 'partly-accepted');
        }
      } else if (!inserted.endsWith(current.rest)) {
        tell(current.suggestion, 'rejected');
        current = undefined;
      }
    },
    accepted: (id) => {
      const suggestion = remembered.get(id);
      if (suggestion !== undefined) {
        remembered.delete(id);
        lastAcceptAt = clock.now();
        current = undefined;
        tell(suggestion, 'accepted');
        checkLater(suggestion);
      }
      return suggestion?.uri;
    },
    rejected: (id) => {
      const suggestion = remembered.get(id);
      if (suggestion !== undefined) {
        remembered.delete(id);
        current = undefined;
        tell(suggestion, 'rejected');
      }
      return suggestion?.uri;
    },
    get lastAcceptAt() {
      return lastAcceptAt;
    },
    onOutcome: emitter.event,
    dispose: () => {
      for (const timer of timers) {
        timer.dispose();
      }
      timers.clear();
      emitter.dispose();
    },
  };
}

function isKept(suggestion: ShownSuggestion): boolean {
  const { document, line, text } = suggestion;
  const last = Math.min(document.lineCount, line + NEARBY_LINES);
  const lines: string[] = [];
  for (let at = Math.max(0, line - NEARBY_LINES); at < last; at++) {
    lines.push(document.lineAt(at));
  }
  const nearby = lines.join('\n');
  const wanted = text.trim();
  if (wanted.length < 8) {
    return nearby.includes(wanted);
  }
  let kept = 0;
  for (let at = 0; at + 4 <= wanted.length; at++) {
    kept += nearby.includes(wanted.slice(at, at + 4)) ? 1 : 0;
  }
  return kept / (wanted.length - 3) >= KEPT_SHARE;
}
