import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { interpretToml, type TomlReading } from '../../../src/config/toml/interpret-toml.ts';
import { tomlKeys } from '../../../src/config/toml/toml-keys.ts';
import { listSettings, settingsTable } from '../../../src/config/settings.ts';
import { allProviders } from '../all-providers.ts';

const table = settingsTable(allProviders);
const keys = tomlKeys(table, allProviders);
const remote = allProviders.find(({ location }) => location === 'remote')?.id ?? '';

const ofUser = (text: string): TomlReading => interpretToml(text, { keys, fromWorkspace: false });
const ofWorkspace = (text: string): TomlReading => interpretToml(text, { keys, fromWorkspace: true });
const valuesOf = ({ values }: TomlReading): Readonly<Record<string, unknown>> => Object.fromEntries(values ?? []);
/** `line:column type name`. */
const faultsOf = ({ faults }: TomlReading): readonly string[] =>
  faults.map(({ position: { line, column }, fault }) =>
    [`${line}:${column}`, fault.type, 'name' in fault ? fault.name : ''].join(' ').trim(),
  );

describe('a reaper.toml', () => {
  it('sets what the settings set, in snake case', () => {
    const reading = ofUser(`
[completion]
max_lines = 3
multi_line = "never"
languages = { sql = false }

[routing]
chat_strategy = "race"
k = 3

[budget]
per_day_usd = 2.5

[prices.overrides."my/model"]
input = 1
output = 2.5
cache_read = 0.1

[providers."llama.cpp"]
base_url = "http://gpu.lan:8080/"
`);
    assert.deepEqual(reading.faults, []);
    assert.deepEqual(valuesOf(reading), {
      'reaper.completion.maxLines': 3,
      'reaper.completion.multiLine': 'never',
      'reaper.completion.languages': { sql: false },
      'reaper.routing.chatStrategy': 'race',
      'reaper.routing.k': 3,
      'reaper.budget.perDayUsd': 2.5,
      'reaper.prices.overrides': { 'my/model': { input: 1, output: 2.5, cacheRead: 0.1 } },
      'reaper.providers.llama.cpp.baseUrl': 'http://gpu.lan:8080',
    });
  });

  it('takes the names of settings as they are spelt elsewhere, and ids with a dot without quotes', () => {
    const reading = ofUser('completion.maxLines = 4\nproviders.llama.cpp.base-url = "http://127.0.0.1:9"\n');
    assert.deepEqual(reading.faults, []);
    assert.deepEqual(valuesOf(reading), {
      'reaper.completion.maxLines': 4,
      'reaper.providers.llama.cpp.baseUrl': 'http://127.0.0.1:9',
    });
  });

  it('takes every setting that there is', () => {
    for (const { key, setting } of listSettings(table)) {
      const path = key.split('.').slice(1);
      const known = keys.find(
        path[0] === 'providers' ? ['providers', path.slice(1, -1).join('.'), path.at(-1) ?? ''] : path,
      );
      assert.equal(known.type, 'setting', key);
      assert.deepEqual(known.type === 'setting' && known.settings, [{ key, setting }]);
    }
  });

  it('of the README is understood, also in a workspace but for the prices', () => {
    const readme = readFileSync(join(import.meta.dirname, '..', '..', '..', 'README.md'), 'utf8');
    const example = /```toml\n([^]*?)```/.exec(readme)?.[1] ?? '';
    assert.deepEqual(ofUser(example).faults, []);
    assert.ok((ofUser(example).values?.size ?? 0) > 4);
    assert.deepEqual(
      ofWorkspace(example).faults.map(({ fault }) => fault),
      [{ type: 'user-only', name: 'prices.overrides' }],
    );
  });

  it('takes the other names of a provider', () => {
    const { id, aliases = [] } = allProviders.find((one) => one.aliases !== undefined) ?? { id: '' };
    const reading = ofUser(`[providers.${aliases[0]}]\nenabled = false\n`);
    assert.deepEqual([...(reading.values ?? [])], [[`reaper.providers.${id}.enabled`, false]]);
  });

  it('takes the older names of settings', () => {
    const reading = ofUser(`
[completion]
max_tokens = 200
[selection]
strategy = "cheapest"
prefer_local = true
[budget]
daily_limit_usd = 10
monthly_limit_usd = 100
[cache]
enabled = false
[providers.${remote}]
default_model = "some-model"
`);
    assert.deepEqual(reading.faults, []);
    const { [`reaper.providers.${remote}.completionModel`]: model, ...rest } = valuesOf(reading);
    assert.equal(model, 'some-model');
    assert.equal(rest['reaper.completion.maxOutputTokens'], 200);
    assert.equal(rest['reaper.routing.chatOrder'], 'cheapest');
    assert.equal(rest['reaper.routing.completionOrder'], 'cheapest');
    assert.equal(rest['reaper.routing.local'], 'first');
    assert.equal(rest['reaper.budget.perDayUsd'], 10);
    assert.equal(rest['reaper.budget.perMonthUsd'], 100);
    assert.equal(rest['reaper.routing.responseCache'], false);
  });

  it('says of older keys that they have no effect, once for a table', () => {
    const reading = ofUser(
      '[http]\nprotocol = "http3"\nread_timeout = 120000\n[http.pool]\nmax_per_host = 10\n[daemon]\nport = 50051\n',
    );
    assert.deepEqual(faultsOf(reading), ['1:2 editor-decides http', '6:2 without-effect daemon']);
    assert.deepEqual(valuesOf(reading), {});
  });

  it('names a wrong value with its place, and uses the rest', () => {
    const reading = ofUser(
      '# comment\n[completion]\nmax_lines = "many"\n  multi_line = "sometimes"\nin_comments = false\n',
    );
    assert.deepEqual(faultsOf(reading), [
      '3:1 wrong-value completion.max_lines',
      '4:3 wrong-value completion.multi_line',
    ]);
    assert.deepEqual(reading.wrong, ['reaper.completion.maxLines', 'reaper.completion.multiLine']);
    assert.deepEqual(valuesOf(reading), { 'reaper.completion.inComments': false });
  });

  it('suggests the nearest known key for an unknown one', () => {
    const nearest = (text: string): unknown => {
      const [first] = ofUser(text).faults;
      return first?.fault.type === 'unknown-key' && first.fault.nearest;
    };
    assert.equal(nearest('[completion]\nmax_lins = 3'), 'max_lines');
    assert.equal(nearest('[compeltion]\nmax_lines = 3'), 'completion');
    assert.equal(nearest(`[providers.${remote}x]\nenabled = true`), remote);
    assert.equal(nearest('[completion]\nzzzzzz = 3'), undefined);
    assert.equal(nearest('completion = 3'), undefined);
  });

  it('finds the line of a key behind strings that look like keys and tables', () => {
    const reading = ofUser(
      'completion.disabled_files = ["""\n[completion]\nmax_lines = 0\n""", \'# [x\']\n[routing] # k = 1\nk = 99\n',
    );
    assert.deepEqual(faultsOf(reading), ['6:1 wrong-value routing.k']);
  });

  it('finds the line of a key behind values of several lines, whatever stands in them', () => {
    const reading = ofUser(
      '[completion]\ndisabled_files = [\n  "a", # [routing]\n  "b]",\n]\n[daemon]\nlist = [\n  [1, 2]\n]\ntext = \'\'\'\n[routing]\n\'\'\'\n[[server]]\nk = 1\n[ routing ]\n"k" = 99\n',
    );
    assert.deepEqual(faultsOf(reading), [
      '6:2 without-effect daemon',
      '13:3 without-effect server',
      '16:1 wrong-value routing.k',
    ]);
  });

  it('takes its time only once for a long line', () => {
    const blanks = ' '.repeat(200_000);
    assert.deepEqual(faultsOf(ofUser(`["a${blanks}b"]\n[routing]\nk = 99\n`)).at(-1), '3:1 wrong-value routing.k');
    assert.deepEqual(
      faultsOf(ofUser(`x${'.x'.repeat(400)} = 1\n"${blanks}" = 1\n[routing]\nk = 99`)).at(-1),
      '4:1 wrong-value routing.k',
    );
  });

  it('does not tell of more mistakes than anyone reads, and uses what stands behind them', () => {
    const garbage = Array.from({ length: 20_000 }, (_, index) => `key-${index} = 1\n`).join('');
    const reading = ofUser(`${garbage}[routing]\nk = 4\n`);
    assert.equal(reading.faults.length, 100);
    assert.deepEqual(valuesOf(reading), { 'reaper.routing.k': 4 });
    assert.ok(JSON.stringify(ofUser(`"${'x'.repeat(5000)}" = 1`).faults).length < 500);
  });

  it('tells where broken syntax stands, without quoting the file', () => {
    const reading = ofUser('[completion]\nmax_lines = = "sk-secret-0123456789"\n');
    assert.equal(reading.values, undefined);
    assert.deepEqual(faultsOf(reading), ['2:13 syntax']);
    assert.doesNotMatch(JSON.stringify(reading), /secret/);
  });

  it('never repeats a key that someone put there', () => {
    const reading = ofUser(
      `[providers.${remote}]\napi_key = "sk-top-secret"\nheaders = { Authorization = 5 }\nbase_url = "https://me:top-secret@host"\n`,
    );
    assert.deepEqual(faultsOf(reading), [
      `2:1 secret providers.${remote}.api_key`,
      `3:1 wrong-value providers.${remote}.headers`,
      `4:1 wrong-value providers.${remote}.base_url`,
    ]);
    assert.doesNotMatch(JSON.stringify(reading.faults), /top-secret/);
  });

  it('lets a workspace set nothing that a workspace setting may not', () => {
    for (const { key, setting } of listSettings(table).filter(({ setting: { scope } }) => scope !== 'window')) {
      const path = key.split('.').slice(1);
      const quoted =
        path[0] === 'providers' ? ['providers', JSON.stringify(path.slice(1, -1).join('.')), path.at(-1) ?? ''] : path;
      const reading = ofWorkspace(`${quoted.join('.')} = ${tomlOf(setting.default)}\n`);
      assert.deepEqual(valuesOf(reading), {}, key);
      assert.deepEqual(
        reading.faults.map(({ fault }) => fault.type),
        ['user-only'],
        key,
      );
    }
  });

  it('lets a workspace set the rest', () => {
    const reading = ofWorkspace('[completion]\nmax_lines = 2\n[budget]\nper_day_usd = 1\n');
    assert.deepEqual(reading.faults, []);
    assert.deepEqual(valuesOf(reading), { 'reaper.completion.maxLines': 2, 'reaper.budget.perDayUsd': 1 });
  });

  it('survives any text', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '[',
        ']',
        '=',
        '"""',
        "'''",
        '\n',
        '#',
        '{',
        '}',
        ',',
        '.',
        '__proto__',
        'completion',
        'max_lines',
        '1e999',
        'nan',
      ),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const reading = ofWorkspace(parts.join(''));
        for (const [key, value] of reading.values ?? []) {
          assert.ok(key.startsWith('reaper.'));
          assert.notEqual(value, undefined);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function tomlOf(value: unknown): string {
  return typeof value === 'object' && !Array.isArray(value) ? '{}' : JSON.stringify(value);
}
