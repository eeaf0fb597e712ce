/** Context for completions as the engine uses it: one function, and what keeps it warm. */
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import type { DocumentView } from '../../editor/document.ts';
import type { GatherContext } from '../context-port.ts';
import { type ContextOptions, createContextSources } from './context-sources.ts';
import { gatherContext, prefetchContext } from './gather-context.ts';

export interface CompletionContext extends Disposable {
  /** Resolves within 20 ms with what is ready. */
  readonly gather: GatherContext;
}

export interface CompletionContextOptions extends ContextOptions {
  /** Its imports are read before the first key is pressed. */
  readonly onActiveDocumentChanged?: Event<DocumentView>;
}

export function createCompletionContext(options: CompletionContextOptions): CompletionContext {
  const store = new DisposableStore();
  const sources = store.add(createContextSources(options));
  if (options.onActiveDocumentChanged !== undefined) {
    store.add(options.onActiveDocumentChanged((document) => void prefetchContext(document, sources)));
  }
  return {
    gather: (query, signal) => gatherContext(query, sources, signal),
    dispose: () => store.dispose(),
  };
}
