/** One `reaper.toml`: its values as last read well, and what is wrong with it now. */
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { LazyTomlReader } from './toml-code.ts';
import { isTomlThere, type TomlPlace } from './toml-places.ts';
import type { TomlProblem } from './toml-problem.ts';
import type { TomlState } from './toml-reader.ts';

export interface TomlSource extends Disposable {
  readonly path: string;
  /** Whether the file is there now. */
  isThere(): boolean;
  values(): ReadonlyMap<string, unknown>;
  problems(): readonly TomlProblem[];
  readonly onDidChange: Event<void>;
}

export interface TomlSourceOptions {
  readonly place: TomlPlace;
  readonly lazyReader: LazyTomlReader;
  /** Tells of each change to the file, its making and its end included; several times for one change does no harm. */
  readonly watch: (place: TomlPlace, listener: () => void) => Disposable;
  readonly clock: Clock;
}

/** Editors that save by replacing the file delete it first; within this time that is one change. */
const SETTLE_MS = 100;

const NOTHING: TomlState = { isThere: false, values: new Map(), problems: [] };

/** Reads at once if the code is loaded; otherwise it is loaded if the file is there, and the reading is told as a change. */
export function createTomlSource({ place, lazyReader, watch, clock }: TomlSourceOptions): TomlSource {
  const changed = new Emitter<void>();
  let state = NOTHING;
  let pending: Disposable | undefined;

  const take = (next: TomlState): void => {
    const isNew = snapshot(next) !== snapshot(state);
    state = next;
    if (isNew) {
      changed.fire();
    }
  };
  const loadToLook = async (): Promise<void> => {
    try {
      await lazyReader.load();
    } catch {
      const fault = { type: 'unreadable', reason: 'failed' } as const;
      take({ ...NOTHING, isThere: true, problems: [{ path: place.path, position: { line: 1, column: 1 }, fault }] });
      return;
    }
    look();
  };
  const look = (): void => {
    const reader = lazyReader.reader();
    if (reader !== undefined) {
      take(reader.read(place, state));
    } else if (isTomlThere(place)) {
      void loadToLook();
    } else {
      take(NOTHING);
    }
  };

  look();
  const watcher = watch(place, () => {
    pending?.dispose();
    pending = clock.setTimeout(() => {
      pending = undefined;
      look();
    }, SETTLE_MS);
  });
  return {
    path: place.path,
    isThere: () => state.isThere,
    values: () => state.values,
    problems: () => state.problems,
    onDidChange: changed.event,
    dispose: () => {
      watcher.dispose();
      pending?.dispose();
      changed.dispose();
    },
  };
}

function snapshot({ values, problems }: TomlState): string {
  return JSON.stringify([[...values], problems]);
}
