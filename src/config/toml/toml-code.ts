/** The code that reads a `reaper.toml`: most users have none, so it is loaded for the first one that is there. */
import type { ProviderFacts } from '../provider-settings.ts';
import type { SettingsTable } from '../settings.ts';
import type { tomlKeys } from './toml-keys.ts';
import type { createTomlReader, TomlReader } from './toml-reader.ts';

export interface LazyTomlReader {
  /** `undefined` until the code is loaded. */
  reader(): TomlReader | undefined;
  load(): Promise<void>;
}

export interface TomlCode {
  load(): Promise<void>;
  readerFor(table: SettingsTable, providers: readonly Pick<ProviderFacts, 'id' | 'aliases'>[]): LazyTomlReader;
}

export function createTomlCode(): TomlCode {
  let code: { readonly tomlKeys: typeof tomlKeys; readonly createTomlReader: typeof createTomlReader } | undefined;

  async function load(): Promise<void> {
    const [keys, reader] = await Promise.all([import('./toml-keys.ts'), import('./toml-reader.ts')]);
    code ??= { ...keys, ...reader };
  }

  return {
    load,
    readerFor(table, providers) {
      let reader: TomlReader | undefined;
      return {
        load,
        reader() {
          reader ??= code?.createTomlReader(code.tomlKeys(table, providers));
          return reader;
        },
      };
    },
  };
}
