/** The one place where VS Code's `CancellationToken` becomes an `AbortSignal`; the core knows only signals. */
import type { Disposable } from '../base/disposable.ts';

/** The shape of VS Code's token. */
interface CancellationToken {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): Disposable;
}

export interface TokenSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** Aborted when the token is cancelled. Dispose it when the work ends, or the token keeps its listener. */
export function abortSignalFrom(token: CancellationToken): TokenSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) {
    controller.abort();
    return { signal: controller.signal, dispose: () => undefined };
  }
  const subscription = token.onCancellationRequested(() => {
    subscription.dispose();
    controller.abort();
  });
  return { signal: controller.signal, dispose: () => subscription.dispose() };
}
