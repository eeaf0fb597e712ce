import assert from 'node:assert/strict';
import { readEnvironment, variableOf } from '../../src/config/environment-settings.ts';
import { layeredReader, type SettingsLayer } from '../../src/config/layered-settings.ts';
import { readSettings, type Settings } from '../../src/config/read-settings.ts';
import { listSettings, settingsTable } from '../../src/config/settings.ts';
import { userTomlPath } from '../../src/config/toml/toml-places.ts';
import { allProviders } from './all-providers.ts';

const table = settingsTable(allProviders);
const defaults = new Map(listSettings(table).map(({ key, setting }) => [key, setting.default]));

type Values = Readonly<Record<string, unknown>>;

/** Weakest first, as far as they are given. */
function settingsOf(user: Values, workspaceFile: Values, environment: Values, editor: Values): Settings {
  const layers: readonly SettingsLayer[] = [user, workspaceFile, environment].map(
    (values) => new Map(Object.entries(values)),
  );
  const reader = layeredReader(
    {
      value: (key) => editor[key] ?? defaults.get(key),
      levels: (key) => (editor[key] === undefined ? [] : [editor[key]]),
    },
    layers,
  );
  return readSettings(table, reader).settings;
}

describe('settings from several sources', () => {
  it('take the strongest: settings, environment, file of the workspace, file of the user, default', () => {
    const at = (value: number): Values => ({ 'reaper.completion.maxLines': value });
    assert.equal(settingsOf(at(1), at(2), at(3), at(4)).completion.maxLines, 4);
    assert.equal(settingsOf(at(1), at(2), at(3), {}).completion.maxLines, 3);
    assert.equal(settingsOf(at(1), at(2), {}, {}).completion.maxLines, 2);
    assert.equal(settingsOf(at(1), {}, {}, {}).completion.maxLines, 1);
    assert.equal(settingsOf({}, {}, {}, {}).completion.maxLines, 12);
  });

  it('merge maps by name, the default included', () => {
    const key = 'reaper.completion.languages';
    const { completion } = settingsOf(
      { [key]: { sql: false, go: false } },
      { [key]: { go: true } },
      {},
      { [key]: { c: false } },
    );
    assert.deepEqual(completion.languages, {
      '*': true,
      markdown: false,
      plaintext: false,
      sql: false,
      go: true,
      c: false,
    });
  });

  it('let no source loosen what another one protects', () => {
    const key = 'reaper.budget.perDayUsd';
    assert.equal(settingsOf({ [key]: 5 }, { [key]: 50 }, { [key]: 0 }, { [key]: 500 }).budget.perDayUsd, 5);
    assert.equal(settingsOf({ [key]: 5 }, { [key]: 1 }, {}, {}).budget.perDayUsd, 1);
    const local = 'reaper.privacy.localOnly';
    assert.equal(settingsOf({ [local]: true }, { [local]: false }, {}, { [local]: false }).privacy.localOnly, true);
  });

  it('name a wrong value of the editor although a file has one', () => {
    const { problems } = readSettings(
      table,
      layeredReader({ value: () => 'x', levels: (key) => (key.endsWith('maxLines') ? ['x'] : []) }, [
        new Map(listSettings(table).map(({ key, setting }) => [key, setting.default])),
      ]),
    );
    assert.deepEqual(
      problems.map(({ key }) => key),
      ['reaper.completion.maxLines'],
    );
  });
});

describe('the environment', () => {
  it('gives settings by their name in capitals', () => {
    const { values, problems } = readEnvironment(table, {
      REAPER_COMPLETION_MAX_LINES: '3',
      REAPER_ROUTING_CHAT_STRATEGY: 'race',
      REAPER_PRIVACY_LOCAL_ONLY: 'true',
      REAPER_COMPLETION_DISABLED_FILES: 'a/**, *.sql',
      REAPER_COMPLETION_LANGUAGES: '{"go": false}',
      REAPER_BUDGET_PER_DAY_USD: '2.5',
      REAPER_PROVIDERS_LLAMA_CPP_BASE_URL: 'http://gpu.lan:8080',
      REAPER_COMPLETION_IN_STRINGS: ' ',
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(Object.fromEntries(values), {
      'reaper.completion.maxLines': 3,
      'reaper.routing.chatStrategy': 'race',
      'reaper.privacy.localOnly': true,
      'reaper.completion.disabledFiles': ['a/**', '*.sql'],
      'reaper.completion.languages': { go: false },
      'reaper.budget.perDayUsd': 2.5,
      'reaper.providers.llama.cpp.baseUrl': 'http://gpu.lan:8080',
    });
  });

  it('names the variable whose value is wrong, and no secret in it', () => {
    const { values, problems } = readEnvironment(table, {
      REAPER_COMPLETION_MAX_LINES: 'many',
      REAPER_PROVIDERS_OPENAI_BASE_URL: 'https://me:top-secret@host',
    });
    assert.equal(values.size, 0);
    assert.deepEqual(
      problems.map(({ key }) => key),
      ['REAPER_COMPLETION_MAX_LINES', 'REAPER_PROVIDERS_OPENAI_BASE_URL'],
    );
    assert.doesNotMatch(JSON.stringify(problems), /top-secret/);
  });

  it('has one variable for each setting', () => {
    const variables = listSettings(table).map(({ key }) => variableOf(key));
    assert.equal(new Set(variables).size, variables.length);
  });
});

describe("the user's reaper.toml", () => {
  it('lies where the platform keeps settings', () => {
    const join = (path: string): string => path.replaceAll('\\', '/');
    assert.equal(join(userTomlPath({}, 'linux', '/home/me')), '/home/me/.config/reaper/reaper.toml');
    assert.equal(
      join(userTomlPath({ XDG_CONFIG_HOME: '/etc/me' }, 'darwin', '/home/me')),
      '/etc/me/reaper/reaper.toml',
    );
    assert.equal(
      join(userTomlPath({ XDG_CONFIG_HOME: 'here' }, 'linux', '/home/me')),
      '/home/me/.config/reaper/reaper.toml',
    );
    assert.equal(join(userTomlPath({ APPDATA: 'C:/R' }, 'win32', 'C:/me')), 'C:/R/reaper/reaper.toml');
  });
});
