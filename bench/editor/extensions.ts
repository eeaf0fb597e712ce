/** The extensions that can be measured: a folder, and the settings that point it at the oracle. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageReaper } from './packaged-reaper.ts';

export interface MeasuredExtension {
  readonly name: string;
  readonly folder: string;
  readonly settings: (oracleUrl: string) => Readonly<Record<string, unknown>>;
  readonly vsixBytes: number | undefined;
  /** The folder is to be removed in the end. */
  readonly temporary?: boolean;
  /** Measured against a model that answers at once: the floor that the editor and this machine set. */
  readonly instantModel?: boolean;
}

const ROOT = resolve(import.meta.dirname, '..', '..');

export async function reaper(): Promise<MeasuredExtension> {
  return {
    name: 'Reaper',
    folder: await packageReaper(ROOT),
    temporary: true,
    settings: (url) => ({
      'reaper.completion.providers': ['llama.cpp'],
      'reaper.providers.llama.cpp.baseUrl': url,
    }),
    vsixBytes: vsixIn(ROOT),
  };
}

/** The reference policy: a request at each call of the provider, after a fixed debounce. */
export function reference(debounceMs: number): MeasuredExtension {
  return {
    name: debounceMs === 0 ? 'send on each key' : `debounce ${debounceMs} ms`,
    folder: join(import.meta.dirname, 'probe-extension'),
    settings: (url) => ({ 'probe.baseUrl': url, 'probe.debounceMs': debounceMs }),
    vsixBytes: undefined,
  };
}

/** What nothing can be faster than, here and now: each key asks, and the model answers at once. */
export function floor(): MeasuredExtension {
  return { ...reference(0), name: 'floor: instant model', instantModel: true };
}

/** Any other: its unpacked folder, and a JSON file of settings in which `{oracle}` stands for the server's address. */
export function otherExtension(folder: string, settingsFile: string | undefined): MeasuredExtension {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    displayName?: string;
    name: string;
  };
  const settings = settingsFile === undefined ? '{}' : readFileSync(settingsFile, 'utf8');
  return {
    name: manifest.displayName ?? manifest.name,
    folder: resolve(folder),
    settings: (url) => JSON.parse(settings.replaceAll('{oracle}', url)) as Record<string, unknown>,
    vsixBytes: vsixIn(folder),
  };
}

function vsixIn(folder: string): number | undefined {
  const places = [folder, join(folder, 'dist'), join(folder, 'test-results')].filter((place) => existsSync(place));
  const files = places.flatMap((place) => readdirSync(place).map((name) => join(place, name)));
  const newest = files
    .filter((file) => file.endsWith('.vsix'))
    .map((file) => statSync(file))
    .sort((left, right) => right.mtimeMs - left.mtimeMs)[0];
  return newest?.size;
}
