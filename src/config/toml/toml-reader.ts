/** What a `reaper.toml` says now, beside what it said before; loaded for the first file that is there. */
import { interpretToml } from './interpret-toml.ts';
import { readTomlFile } from './read-toml-file.ts';
import type { TomlKeys } from './toml-keys.ts';
import type { TomlPlace } from './toml-places.ts';
import type { TomlProblem } from './toml-problem.ts';

export interface TomlState {
  /** Whether the file is there now. */
  readonly isThere: boolean;
  /** Settings, by their full key, as last read well. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly TomlProblem[];
}

export interface TomlReader {
  /** Never throws. */
  read(place: TomlPlace, before: TomlState): TomlState;
}

export function createTomlReader(keys: TomlKeys): TomlReader {
  return {
    read({ path, workspaceFolder }, before) {
      const file = readTomlFile(path, workspaceFolder);
      switch (file.type) {
        case 'missing':
          return { isThere: false, values: new Map(), problems: [] };
        case 'unreadable': {
          const problem: TomlProblem = { path, position: { line: 1, column: 1 }, fault: file };
          return { isThere: true, values: before.values, problems: [problem] };
        }
        case 'text': {
          const { values, wrong, faults } = interpretToml(file.text, {
            keys,
            fromWorkspace: workspaceFolder !== undefined,
          });
          return {
            isThere: true,
            values: values === undefined ? before.values : withLastGood(values, wrong, before.values),
            problems: faults.map((fault) => ({ path, ...fault })),
          };
        }
      }
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
