/** Waits until something is wrong with a `reaper.toml`, and loads what shows it. */
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { ProblemSource } from './toml-diagnostics.ts';

export function registerTomlDiagnostics(files: ProblemSource, logger: Logger): Disposable {
  const store = new DisposableStore();
  let loading: Promise<void> | undefined;
  const load = async (): Promise<void> => {
    try {
      const { followTomlProblems } = await import('./toml-diagnostics.ts');
      waiting.dispose();
      store.add(followTomlProblems(files, logger));
    } catch (error) {
      logger.error('What is wrong with reaper.toml cannot be shown', error);
    }
  };
  const update = (): void => {
    if (files.problems().length > 0) {
      loading ??= load();
    }
  };
  const waiting = store.add(files.onDidChange(update));
  update();
  return store;
}
