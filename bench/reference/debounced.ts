/**
 * The reference policies: ask at each call of the provider, after a fixed debounce; give up when the editor does; show the first
 * line when it is complete; keep nothing. They are no product: they are what one writes first.
 */
import type { Clock } from '../../src/base/clock.ts';
import { delay } from '../../src/base/abort.ts';
import { Emitter } from '../../src/base/event.ts';
import type { Suggestion, SuggestionQuery } from '../../src/completion/suggestion.ts';
import { readWindow } from '../../src/editor/document.ts';
import type { Router } from '../../src/router/router.ts';
import type { GhostSource } from '../keystrokes/ghost-source.ts';

const WINDOW_CHARACTERS = 6000;

export function createDebouncedSource(clock: Clock, router: Router, debounceMs: number): GhostSource {
  let nextId = 0;

  const provide = async (query: SuggestionQuery, signal: AbortSignal): Promise<readonly Suggestion[]> => {
    const { document, position } = query;
    await delay(clock, debounceMs, signal);
    const { before, after } = readWindow(document, position, WINDOW_CHARACTERS, WINDOW_CHARACTERS / 4);
    const line = before.slice(before.lastIndexOf('\n') + 1);
    let answer = '';
    const input = {
      type: 'fim',
      path: document.path.slice(1),
      language: document.languageId,
      prefix: before,
      suffix: after,
      snippets: [],
    } as const;
    const request = { purpose: 'completion', input, limits: { maxOutputTokens: 128, stop: [] } } as const;
    for await (const part of router.stream(request, signal)) {
      answer += part.type === 'text-delta' ? part.text : '';
      if (/\S[^\n]*\n/.test(answer)) {
        break;
      }
    }
    const text = /^\s*[^\n]*/.exec(answer)?.[0] ?? '';
    const range = { start: { line: position.line, character: 0 }, end: position };
    return text.trim() === '' ? [] : [{ id: `r${nextId++}`, insertText: line + text, range, providerId: 'llama.cpp' }];
  };

  return {
    name: debounceMs === 0 ? 'send on each key' : `fixed ${debounceMs} ms debounce`,
    documentChanged: () => undefined,
    provide,
    accepted: () => undefined,
    onLateResult: new Emitter<{ readonly uri: string }>().event,
    dispose: () => undefined,
  };
}
