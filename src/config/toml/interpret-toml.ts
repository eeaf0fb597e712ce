/** From the text of a `reaper.toml` to values of settings; what is wrong is named with its place, and the rest is used. */
import { parse, TomlError } from 'smol-toml';
import { nearestWord } from '../edit-distance.ts';
import { describeWrongValue } from '../read-settings.ts';
import type { Setting } from '../setting.ts';
import { keyPositions, type Position, positionOf } from './key-positions.ts';
import { normalName } from './earlier-keys.ts';
import type { TomlKeys } from './toml-keys.ts';
import type { TomlFault } from './toml-problem.ts';

export interface LocatedFault {
  readonly position: Position;
  readonly fault: TomlFault;
}

export interface TomlReading {
  /** Settings, by their full key; `undefined` if the text is no TOML at all. */
  readonly values: ReadonlyMap<string, unknown> | undefined;
  readonly faults: readonly LocatedFault[];
  /** Settings whose value was wrong: an earlier good one stays. */
  readonly wrong: readonly string[];
}

export interface InterpretOptions {
  readonly keys: TomlKeys;
  /** Whether the file comes with the workspace: then it may set only what a workspace may. */
  readonly fromWorkspace: boolean;
}

export function interpretToml(text: string, options: InterpretOptions): TomlReading {
  let root: Record<string, unknown>;
  try {
    root = parse(text);
  } catch (error) {
    return { values: undefined, faults: [syntaxFault(error)], wrong: [] };
  }
  const positions = keyPositions(text);
  const values = new Map<string, unknown>();
  const wrong: string[] = [];
  const faults: LocatedFault[] = [];
  const report: Report = (path, describe) => {
    if (faults.length < MOST_FAULTS) {
      faults.push({ position: positionOf(positions, path), fault: describe(shortName(path)) });
    }
  };
  walk(
    root,
    [],
    options,
    (path, target, value) => {
      for (const { key, setting } of target.settings) {
        const parsed = setting.parse(target.convert === undefined ? value : target.convert(value));
        if (options.fromWorkspace && setting.scope !== 'window') {
          report(path, (name) => ({ type: 'user-only', name }));
        } else if (parsed === undefined) {
          wrong.push(key);
          const { accepts } = setting;
          const found = describeWrongValue(value, accepts);
          report(path, (name) => ({ type: 'wrong-value', name, found, accepts }));
        } else {
          values.set(key, parsed);
        }
      }
    },
    report,
  );
  return { values, faults: withoutRepeats(faults), wrong };
}

/** Makes the fault from the name of the key, if it is still wanted. */
type Report = (path: readonly string[], describe: (name: string) => TomlFault) => void;

/** A file of garbage that happens to be TOML has as many faults as it has lines. */
const MOST_FAULTS = 100;
const MOST_NAME_CHARACTERS = 80;

function shortName(path: readonly string[]): string {
  const name = path.join('.');
  return name.length > MOST_NAME_CHARACTERS ? `${name.slice(0, MOST_NAME_CHARACTERS)}…` : name;
}

interface Target {
  readonly settings: readonly { readonly key: string; readonly setting: Setting<unknown> }[];
  readonly convert?: (value: unknown) => unknown;
}

function walk(
  table: Readonly<Record<string, unknown>>,
  path: readonly string[],
  options: InterpretOptions,
  found: (path: readonly string[], target: Target, value: unknown) => void,
  report: Report,
): void {
  for (const [name, value] of Object.entries(table)) {
    const at = [...path, name];
    const known = options.keys.find(at);
    switch (known.type) {
      case 'setting':
        found(at, known, value);
        break;
      case 'table':
        if (isTable(value)) {
          walk(value, at, options, found, report);
        } else {
          report(at, (whole) => ({ type: 'unknown-key', name: whole, nearest: undefined }));
        }
        break;
      case 'unknown':
        report(at, (whole) => ({
          type: 'unknown-key',
          name: whole,
          nearest: nearestName(normalName(name), options.keys.namesIn(path)),
        }));
        break;
      case 'secret':
      case 'editor-decides':
      case 'without-effect': {
        const { type } = known;
        report(at, (whole) => ({ type, name: whole }));
      }
    }
  }
}

function nearestName(name: string, known: readonly string[]): string | undefined {
  const byNormalName = new Map(known.map((one) => [normalName(one), one]));
  const nearest = nearestWord(name, byNormalName.keys());
  return nearest === undefined ? undefined : byNormalName.get(nearest);
}

/** One old key may stand for several settings; its fault is told once. */
function withoutRepeats(faults: readonly LocatedFault[]): readonly LocatedFault[] {
  const seen = new Set<string>();
  return faults.filter(({ fault, position }) => {
    const key = `${fault.type} ${'name' in fault ? fault.name : ''} ${position.line}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

function syntaxFault(error: unknown): LocatedFault {
  if (!(error instanceof TomlError)) {
    return { position: { line: 1, column: 1 }, fault: { type: 'syntax', message: '' } };
  }
  // Its further lines quote the file, and with it whatever secret someone put there.
  const message = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
  return { position: { line: error.line, column: error.column }, fault: { type: 'syntax', message } };
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
