/** The context of completions, loaded when the first editor is looked at: start-up does not pay for it. */
import type { Disposable } from '../base/disposable.ts';
import type { ContextOptions, ContextSources } from '../completion/context/context-sources.ts';
import type { gatherContext, prefetchContext } from '../completion/context/gather-context.ts';
import type { GatherContext } from '../completion/context-port.ts';
import type { DocumentView } from '../editor/document.ts';

export interface CompletionContext extends Disposable {
  readonly gather: GatherContext;
  /** Loads what the next request in this document will need. */
  readonly prefetch: (document: DocumentView) => Promise<void>;
}

interface Loaded {
  readonly gatherContext: typeof gatherContext;
  readonly prefetchContext: typeof prefetchContext;
  readonly sources: ContextSources;
}

export function createCompletionContext(options: ContextOptions): CompletionContext {
  let loading: Promise<Loaded> | undefined;
  let disposed = false;
  const load = (): Promise<Loaded> => {
    loading ??= loadContext(options);
    return loading;
  };
  return {
    gather: async (query, signal) => {
      const context = await load();
      return disposed ? [] : context.gatherContext(query, context.sources, signal);
    },
    prefetch: async (document) => {
      const context = await load();
      if (!disposed) {
        await context.prefetchContext(document, context.sources);
      }
    },
    dispose: () => {
      disposed = true;
      void loading?.then(({ sources }) => sources.dispose());
    },
  };
}

async function loadContext(options: ContextOptions): Promise<Loaded> {
  const [gathering, remembering] = await Promise.all([
    import('../completion/context/gather-context.ts'),
    import('../completion/context/context-sources.ts'),
  ]);
  return {
    gatherContext: gathering.gatherContext,
    prefetchContext: gathering.prefetchContext,
    sources: remembering.createContextSources(options),
  };
}
