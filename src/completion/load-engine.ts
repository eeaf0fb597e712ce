/**
 * The engine as the editor sees it from the first moment, though its code is loaded only after the editor has started: its state
 * is there at once, a question waits for it, a change before it is there is told by the question that follows.
 */
import { DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { CompletionEngine, LateResult, OutcomeEvent } from './engine.ts';
import type { CompletionStatusTracker } from './status.ts';

export interface EngineLoading {
  readonly status: CompletionStatusTracker;
  /** Called once; again only after it failed. */
  readonly load: () => Promise<CompletionEngine>;
  readonly logger: Logger;
}

/** Starts loading when the work at hand is done. */
export function loadCompletionEngine({ status, load, logger }: EngineLoading): CompletionEngine {
  const store = new DisposableStore();
  const outcomes = store.add(new Emitter<OutcomeEvent>());
  const lateResults = store.add(new Emitter<LateResult>());
  let engine: CompletionEngine | undefined;
  let loading: Promise<CompletionEngine | undefined> | undefined;
  let disposed = false;

  const take = (loaded: CompletionEngine): CompletionEngine | undefined => {
    if (disposed) {
      loaded.dispose();
      return undefined;
    }
    engine = store.add(loaded);
    store.add(loaded.onOutcome((event) => outcomes.fire(event)));
    store.add(loaded.onLateResult((late) => lateResults.fire(late)));
    return loaded;
  };

  const start = (): Promise<CompletionEngine | undefined> => {
    loading ??= load().then(take, (error: unknown) => {
      // A file that cannot be read now may be readable at the next key.
      loading = undefined;
      logger.error('Ghost text could not be loaded', error);
      return undefined;
    });
    return loading;
  };

  const soon = setImmediate(() => void start());
  store.add({ dispose: () => clearImmediate(soon) });

  return {
    documentChanged: (change) => engine?.documentChanged(change),
    provide: async (query, signal) => {
      const ready = engine ?? (disposed ? undefined : await start());
      return ready === undefined || signal.aborted ? [] : ready.provide(query, signal);
    },
    accepted: (suggestionId) => engine?.accepted(suggestionId),
    rejected: (suggestionId) => engine?.rejected(suggestionId),
    documentClosed: (uri) => engine?.documentClosed(uri),
    snooze: (durationMs) => status.snooze(durationMs),
    cancelSnooze: () => status.cancelSnooze(),
    reports: () => engine?.reports() ?? [],
    get status() {
      return status.current;
    },
    onStatusChanged: status.onChanged,
    onOutcome: outcomes.event,
    onLateResult: lateResults.event,
    dispose: () => {
      disposed = true;
      store.dispose();
    },
  };
}
