/** One `reaper.toml`: its values as last read well, and what is wrong with it now. */
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { interpretToml } from './interpret-toml.ts';
import { readTomlFile } from './read-toml-file.ts';
import type { TomlKeys } from './toml-keys.ts';
import type { TomlProblem } from './toml-problem.ts';

export interface TomlPlace {
  readonly path: string;
  /** The folder of the workspace that the file comes with; `undefined`: it is the user's own. */
  readonly workspaceFolder: string | undefined;
}

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
  readonly keys: TomlKeys;
  /** Tells of each change to the file, its making and its end included; several times for one change does no harm. */
  readonly watch: (place: TomlPlace, listener: () => void) => Disposable;
  readonly clock: Clock;
}

/** Editors that save by replacing the file delete it first; within this time that is one change. */
const SETTLE_MS = 100;

const NOTHING: ReadonlyMap<string, unknown> = new Map();

export function createTomlSource({ place, keys, watch, clock }: TomlSourceOptions): TomlSource {
  const changed = new Emitter<void>();
  let values = NOTHING;
  let problems: readonly TomlProblem[] = [];
  let isThere = false;
  let pending: Disposable | undefined;

  const read = (): void => {
    const file = readTomlFile(place.path, place.workspaceFolder);
    isThere = file.type !== 'missing';
    switch (file.type) {
      case 'missing':
        values = NOTHING;
        problems = [];
        return;
      case 'unreadable':
        problems = [{ path: place.path, position: { line: 1, column: 1 }, fault: file }];
        return;
      case 'text': {
        const reading = interpretToml(file.text, { keys, fromWorkspace: place.workspaceFolder !== undefined });
        problems = reading.faults.map((fault) => ({ path: place.path, ...fault }));
        values = reading.values === undefined ? values : withLastGood(reading.values, reading.wrong, values);
      }
    }
  };

  read();
  const watcher = watch(place, () => {
    pending?.dispose();
    pending = clock.setTimeout(() => {
      pending = undefined;
      const before = snapshot(values, problems);
      read();
      if (snapshot(values, problems) !== before) {
        changed.fire();
      }
    }, SETTLE_MS);
  });
  return {
    path: place.path,
    isThere: () => isThere,
    values: () => values,
    problems: () => problems,
    onDidChange: changed.event,
    dispose: () => {
      watcher.dispose();
      pending?.dispose();
      changed.dispose();
    },
  };
}

function withLastGood(
  values: ReadonlyMap<string, unknown>,
  wrong: readonly string[],
  before: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, unknown> {
  const kept = wrong.filter((key) => before.has(key) && !values.has(key)).map((key) => [key, before.get(key)] as const);
  return new Map([...values, ...kept]);
}

function snapshot(values: ReadonlyMap<string, unknown>, problems: readonly TomlProblem[]): string {
  return JSON.stringify([[...values], problems]);
}
