/** Settings from environment variables: `REAPER_ROUTING_CHAT_STRATEGY=race` for `reaper.routing.chatStrategy`. */
import { describeWrongValue, type SettingProblem } from './read-settings.ts';
import type { Accepts, Setting } from './setting.ts';
import { listSettings, type SettingsTable } from './settings.ts';

export interface EnvironmentReading {
  /** By the full key of the setting. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Named by the variable. */
  readonly problems: readonly SettingProblem[];
}

export function readEnvironment(
  table: SettingsTable,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): EnvironmentReading {
  const values = new Map<string, unknown>();
  const problems: SettingProblem[] = [];
  for (const { key, setting } of listSettings(table)) {
    const variable = variableOf(key);
    const text = environment[variable];
    if (text === undefined || text.trim() === '') {
      continue;
    }
    const value = parseText(text.trim(), setting);
    if (value === undefined) {
      problems.push({
        key: variable,
        found: describeWrongValue(text, setting.accepts),
        accepts: setting.accepts,
      });
    } else {
      values.set(key, value);
    }
  }
  return { values, problems };
}

/** `reaper.providers.llama.cpp.baseUrl` → `REAPER_PROVIDERS_LLAMA_CPP_BASE_URL`. */
export function variableOf(key: string): string {
  return key
    .replace(/[A-Z]+/g, (letters) => `_${letters}`)
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

function parseText(text: string, setting: Setting<unknown>): unknown {
  const value = valueOf(text, setting.accepts);
  return value === undefined ? undefined : setting.parse(value);
}

/** Lists may be written with commas, everything else that is not a text as JSON. */
function valueOf(text: string, accepts: Accepts): unknown {
  switch (accepts.type) {
    case 'text':
    case 'url':
    case 'choice':
    case 'name':
      return text;
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()];
    case 'text-list':
    case 'choice-list':
      return text.startsWith('[') ? json(text) : text.split(',').map((item) => item.trim());
    default:
      return json(text);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
