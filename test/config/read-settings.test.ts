import assert from 'node:assert/strict';
import { readSettings, type SettingsReader } from '../../src/config/read-settings.ts';
import { listSettings, settingsTable } from '../../src/config/settings.ts';
import { allProviders } from './all-providers.ts';

const table = settingsTable(allProviders);
const embeddedId = allProviders.find(({ location }) => location === 'embedded')?.id ?? '';

/** Settings of the user and of the workspace; the workspace wins, as in the editor. */
function readerOf(user: Record<string, unknown>, workspace: Record<string, unknown> = {}): SettingsReader {
  const defaults = new Map(listSettings(table).map(({ key, setting }) => [key, setting.default]));
  return {
    value: (key) => workspace[key] ?? user[key] ?? defaults.get(key),
    levels: (key) => [user[key], workspace[key]].filter((value) => value !== undefined),
  };
}

describe('reading settings', () => {
  it('gives the defaults when nothing is set', () => {
    const { settings, problems } = readSettings(table, readerOf({}));
    assert.deepEqual(problems, []);
    assert.deepEqual(settings.completion, {
      enabled: true,
      languages: { '*': true, markdown: false, plaintext: false },
      disabledFiles: [],
      inComments: true,
      inStrings: true,
      multiLine: 'auto',
      maxLines: 12,
      maxOutputTokens: 128,
      promptTokens: 2500,
      providers: [],
    });
    assert.deepEqual(settings.privacy, { localOnly: false, localHosts: [], excludedFiles: [] });
    assert.deepEqual(settings.keys, { useEnvironment: false });
    assert.deepEqual(settings.providers[embeddedId], { enabled: true });
  });

  it('keeps the settings of a provider whose id has a dot apart', () => {
    const { settings } = readSettings(table, readerOf({ 'reaper.providers.llama.cpp.baseUrl': 'http://gpu.lan:8080' }));
    assert.equal(settings.providers['llama.cpp']?.baseUrl, 'http://gpu.lan:8080');
  });

  it('names a wrong value with its key and what is accepted, and uses the default', () => {
    const { settings, problems } = readSettings(
      table,
      readerOf({ 'reaper.completion.maxLines': 'many', 'reaper.completion.multiLine': 'sometimes' }),
    );
    assert.equal(settings.completion.maxLines, 12);
    assert.equal(settings.completion.multiLine, 'auto');
    assert.deepEqual(
      problems.map(({ key, found, used }) => ({ key, found, used })),
      [
        { key: 'reaper.completion.multiLine', found: '"sometimes"', used: '"auto"' },
        { key: 'reaper.completion.maxLines', found: '"many"', used: '12' },
      ],
    );
    assert.deepEqual(problems[1]?.accepts, { type: 'integer', minimum: 1, maximum: 100 });
  });

  it('never repeats what may be a secret', () => {
    const { problems } = readSettings(
      table,
      readerOf({
        'reaper.providers.openai.headers': { Authorization: 'Bearer top-secret\n' },
        'reaper.providers.openai.baseUrl': 'https://user:top-secret@host',
      }),
    );
    assert.equal(problems.length, 2);
    assert.doesNotMatch(JSON.stringify(problems), /top-secret/);
  });

  it('lets a workspace turn local-only on', () => {
    const { settings } = readSettings(table, readerOf({}, { 'reaper.privacy.localOnly': true }));
    assert.equal(settings.privacy.localOnly, true);
  });

  it('does not let a workspace turn local-only off', () => {
    const { settings } = readSettings(
      table,
      readerOf({ 'reaper.privacy.localOnly': true }, { 'reaper.privacy.localOnly': false }),
    );
    assert.equal(settings.privacy.localOnly, true);
  });

  it('adds the excluded files of the workspace to those of the user', () => {
    const { settings } = readSettings(
      table,
      readerOf({ 'reaper.privacy.excludedFiles': ['a'] }, { 'reaper.privacy.excludedFiles': ['b', 'a'] }),
    );
    assert.deepEqual(settings.privacy.excludedFiles, ['a', 'b']);
  });

  it('takes the tightest of several budgets, so that a workspace cannot loosen one', () => {
    const perDay = (user: unknown, workspace: unknown): number =>
      readSettings(table, readerOf({ 'reaper.budget.perDayUsd': user }, { 'reaper.budget.perDayUsd': workspace }))
        .settings.budget.perDayUsd;
    assert.equal(perDay(5, 100), 5);
    assert.equal(perDay(5, 0), 5);
    assert.equal(perDay(5, 0.5), 0.5);
    assert.equal(perDay(undefined, 2), 2);
    assert.equal(perDay(undefined, undefined), 0);
    assert.equal(perDay(5, 'no limit'), 5);
  });

  it('takes the tightest budget of each provider', () => {
    const [one = '', two = ''] = allProviders.filter(({ location }) => location === 'remote').map(({ id }) => id);
    const key = 'reaper.budget.perProviderUsd';
    const { settings } = readSettings(table, readerOf({ [key]: { [one]: 10 } }, { [key]: { [one]: 50, [two]: 3 } }));
    assert.deepEqual(settings.budget.perProviderUsd, { [one]: 10, [two]: 3 });
  });

  it('keeps the stricter level when another level is wrong', () => {
    const { settings, problems } = readSettings(
      table,
      readerOf({ 'reaper.privacy.localOnly': true }, { 'reaper.privacy.localOnly': 'no' }),
    );
    assert.equal(settings.privacy.localOnly, true);
    assert.equal(problems.length, 1);
  });
});

describe('the table of settings', () => {
  it('lets no workspace say where requests, headers and keys go', () => {
    const dangerous = listSettings(table).filter(({ key }) =>
      /baseUrl|headers|localHosts|useEnvironment|otlpEndpoint|clientId|overrides|allowUnknownPrices|\.enabled$/.test(
        key,
      ),
    );
    for (const { key, setting } of dangerous) {
      assert.equal(setting.scope === 'window', key === 'reaper.completion.enabled', key);
    }
  });

  it('gives each setting a default that it accepts itself', () => {
    for (const { key, setting } of listSettings(table)) {
      assert.deepEqual(setting.parse(setting.default), setting.default, key);
    }
  });

  it('offers a provider only what means something for it', () => {
    assert.deepEqual(Object.keys(table.providers[embeddedId] ?? {}), ['enabled']);
    assert.deepEqual(Object.keys(table.providers['openai'] ?? {}), [
      'enabled',
      'baseUrl',
      'completionModel',
      'chatModel',
      'api',
      'headers',
    ]);
    assert.ok('fimFamily' in (table.providers['ollama'] ?? {}));
    assert.ok('parallelRequests' in (table.providers['ollama'] ?? {}));
  });
});
