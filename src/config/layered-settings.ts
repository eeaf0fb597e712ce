/** Several sources of settings as one: the editor's settings, then the environment, then the files, strongest first. */
import type { SettingsReader } from './read-settings.ts';
import type { Setting } from './setting.ts';

/** What the editor says of its own levels: user, workspace, folder. */
export interface EditorSettings {
  /** The value in force, the default included. */
  value(key: string): unknown;
  /** What was set, weakest first. */
  levels(key: string): readonly unknown[];
}

/** Values that were accepted already, by the full key of their setting. */
export type SettingsLayer = ReadonlyMap<string, unknown>;

/** `layers`: weakest first. */
export function layeredReader(editor: EditorSettings, layers: readonly SettingsLayer[]): SettingsReader {
  const below = (key: string): readonly unknown[] =>
    layers.flatMap((layer) => (layer.has(key) ? [layer.get(key)] : []));
  return {
    value: (key, setting) => {
      const values = below(key);
      // Where only the editor speaks, it has merged its levels already; asking for each of them takes it far longer.
      if (values.length === 0) {
        return editor.value(key);
      }
      const set = editor.levels(key);
      return isMap(setting) ? merged([setting.default, ...values, ...set]) : [...values, ...set].at(-1);
    },
    levels: (key) => [...below(key), ...editor.levels(key)],
  };
}

/** As the editor does it with its own levels: a name that is set in a stronger one wins, the others stay. */
function merged(levels: readonly unknown[]): unknown {
  const wrong = levels.find((level) => typeof level !== 'object' || level === null || Array.isArray(level));
  return wrong ?? Object.assign({}, ...levels);
}

function isMap({ accepts }: Setting<unknown>): boolean {
  return accepts.type.endsWith('-map');
}
