import assert from 'node:assert/strict';
import { redactSecrets } from '../../../src/base/redact.ts';
import { readSettings } from '../../../src/config/read-settings.ts';
import { settingsTable } from '../../../src/config/settings.ts';
import { proxyVariables } from '../../../src/config/proxy-variables.ts';
import type { ProviderProfile } from '../../../src/router/provider-definition.ts';
import type { ProbeResult } from '../../../src/router/wire.ts';
import { type Examination, examine } from '../../../src/vscode/doctor/examination.ts';
import { knownSecrets } from '../../../src/vscode/doctor/known-secrets.ts';
import { displayAddress, findingsOf } from '../../../src/vscode/doctor/provider-findings.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';
import { useFakeVscode } from '../use-fake-vscode.ts';
import { answerOf, profileOf, sourcesOf } from './doctor-fixture.ts';

useFakeVscode();
const { doctorText: withRedaction } = await import('../../../src/vscode/doctor/doctor-text.ts');
const { probeText } = await import('../../../src/vscode/probe-text.ts');

const settings = readSettings(settingsTable([]), { value: () => undefined, levels: () => [] }).settings;

const doctorText = (report: Parameters<typeof withRedaction>[0]): string => withRedaction(report, (line) => line);

describe('what the doctor finds', () => {
  const cloud = profileOf();
  const findings = (answer: Parameters<typeof findingsOf>[1], sources = sourcesOf([cloud])) =>
    findingsOf(cloud, answer, sources);

  it('is ready, when it answers', () => {
    const { verdict, problem, wayOut, models, inUseFor } = findings(answerOf());
    assert.deepEqual([verdict, problem, wayOut], ['ready', undefined, undefined]);
    assert.deepEqual(
      models.map(({ use, model }) => [use, model]),
      [
        ['completion', 'small-1'],
        ['chat', 'small-1'],
      ],
    );
    assert.deepEqual(inUseFor, ['completion', 'chat']);
  });

  it('is a rejected key, with the command that sets another one', () => {
    const answer = answerOf({ keyAccepted: false, problem: 'The key was rejected.' }, { ok: false, fix: 'set-key' });
    const { verdict, problem, wayOut } = findings(answer);
    assert.deepEqual([verdict, problem, wayOut], ['faulty', 'The key was rejected.', 'set-key']);
  });

  it('is a sign-in that is missing', () => {
    const account = profileOf({ auth: 'sign-in' });
    const sources = sourcesOf([account], { keySource: () => ({ type: 'none' }) });
    const answer = answerOf({ reachable: true, keyAccepted: false }, { ok: false });
    assert.equal(findingsOf(account, answer, sources).wayOut, 'sign-in');
  });

  it('is no fault where a server is only looked for and does not run', () => {
    const local = profileOf({ location: 'local', discover: true, auth: 'none' });
    const gone = answerOf({ reachable: false }, { ok: false, fix: 'set-address' });
    assert.equal(findingsOf(local, gone, sourcesOf([local], { isSetUp: () => false })).verdict, 'absent');
    const { verdict, wayOut } = findingsOf(local, gone, sourcesOf([local]));
    assert.deepEqual([verdict, wayOut], ['faulty', 'set-address']);
  });

  it('asks nobody whom the user has nothing to do with, and says what would be needed', () => {
    const sources = sourcesOf([], { isSetUp: () => false, keySource: () => ({ type: 'none' }) });
    assert.deepEqual(
      [findings(undefined, sources).verdict, findings(undefined, sources).wayOut],
      ['not-set-up', 'select-model'],
    );
    const server = profileOf({ auth: 'optional-api-key' }, { baseUrl: undefined });
    assert.equal(findingsOf(server, undefined, sources).wayOut, 'select-model');
  });

  it('knows switched off, still asking and too slow apart', () => {
    assert.equal(findingsOf(profileOf({}, { enabled: false }), undefined, sourcesOf([])).verdict, 'off');
    assert.equal(findings(undefined).verdict, 'asking');
    assert.equal(findings('gave-up').verdict, 'gave-up');
  });

  it('shows an address without what may be secret in it', () => {
    assert.equal(displayAddress('https://me:secret@host:1/v1?key=secret#secret'), 'https://host:1/v1');
    assert.equal(displayAddress('http://127.0.0.1:8080/'), 'http://127.0.0.1:8080');
    assert.equal(displayAddress('no address: secret'), '…');
  });
});

describe("the doctor's examination", () => {
  const result = answerOf().result;
  const profilesOf = (all: readonly ProviderProfile[]) => ({ all: () => all, list: () => all, isSetUp: () => true });

  it('asks all at once, tells of each answer, and gives up on who is silent', async () => {
    const clock = createFakeClock();
    const [quick, silent] = [profileOf({ id: 'quick' }), profileOf({ id: 'silent' })];
    let silentSignal: AbortSignal | undefined;
    const told: Examination[] = [];
    const done = examine(
      {
        profiles: profilesOf([quick, silent]),
        test: (profile, signal) => {
          if (profile === quick) {
            return Promise.resolve(result);
          }
          silentSignal = signal;
          return new Promise<ProbeResult>(() => undefined);
        },
        describe: () => ({ ok: true, headline: 'ready', details: [], fix: undefined }),
        clock,
      },
      new AbortController().signal,
      (examination) => told.push(examination),
    );
    await clock.settle();
    assert.deepEqual(
      told.map(({ answers, asked }) => [answers.size, asked]),
      [
        [0, 2],
        [1, 2],
      ],
    );
    await clock.advance(15_000);
    await done;
    assert.equal(told.at(-1)?.answers.get('silent'), 'gave-up');
    assert.equal(silentSignal?.aborted, true);
    assert.equal(clock.pendingTimers, 0);
  });

  it('ends at once when the user cancels, and leaves no timer', async () => {
    const clock = createFakeClock();
    const cancel = new AbortController();
    const done = examine(
      {
        profiles: profilesOf([profileOf()]),
        test: () => new Promise<ProbeResult>(() => undefined),
        describe: () => assert.fail('there was no answer'),
        clock,
      },
      cancel.signal,
      () => undefined,
    );
    cancel.abort();
    await done;
    assert.equal(clock.pendingTimers, 0);
  });

  it('goes on with the others when one probe breaks', async () => {
    let last: Examination | undefined;
    await examine(
      {
        profiles: profilesOf([profileOf({ id: 'broken' }), profileOf({ id: 'fine' })]),
        test: async ({ definition }) => {
          if (definition.id === 'broken') {
            throw new Error('a bug');
          }
          return result;
        },
        describe: () => ({ ok: true, headline: 'ready', details: [], fix: undefined }),
        clock: createFakeClock(),
      },
      new AbortController().signal,
      (examination) => {
        last = examination;
      },
    );
    const broken = last?.answers.get('broken');
    assert.equal(typeof broken === 'object' && broken.headline, 'a bug');
    assert.equal(last?.answers.size, 2);
  });
});

describe("the doctor's report", () => {
  it('names what is broken first, with the way out, then each provider, then those not in use', () => {
    const broken = profileOf({ id: 'dead', label: 'Dead Server' });
    const dead = answerOf(
      { reachable: false, problem: 'nothing answers at 127.0.0.1:9' },
      { ok: false, fix: 'set-address' },
    );
    const idle = profileOf({ id: 'idle', label: 'Idle Cloud' });
    const nothing = sourcesOf([], { isSetUp: () => false, keySource: () => ({ type: 'none' }) });
    const text = doctorText({
      progress: undefined,
      providers: [
        findingsOf(profileOf(), answerOf(), sourcesOf([profileOf()])),
        findingsOf(broken, dead, sourcesOf([broken])),
        findingsOf(idle, undefined, nothing),
      ],
      routing: ['Ghost text comes from Cloud.'],
      sections: [{ title: 'Network', lines: ['http.proxy: not set'] }],
    });
    assert.match(
      text,
      /^# Reaper: Doctor\n\n## In Short\n\n- Ghost text comes from Cloud\.\n- Dead Server: nothing answers at 127\.0\.0\.1:9\. Check/,
    );
    assert.match(text, /\n## Cloud: ready\n/);
    assert.match(text, /\n## Dead Server: needs attention\n/);
    assert.match(
      text,
      /\n## Not in Use\n\n- Idle Cloud: not set up\. Run "Reaper: Select Model…" and choose Idle Cloud\.\n/,
    );
    assert.match(text, /\n## Network\n\n- http\.proxy: not set\n$/);
  });

  it('says how far it is', () => {
    const text = doctorText({ progress: { answered: 1, asked: 3 }, providers: [], routing: [], sections: [] });
    assert.match(text, /1 of 3 providers/);
    assert.doesNotMatch(text, /Nothing that is set up is broken/);
  });

  it('lets no server write headings, links or lines of its own', () => {
    const profile = profileOf();
    const text = doctorText({
      progress: undefined,
      providers: [
        findingsOf(
          profile,
          answerOf({ problem: 'x\n\n# Ready\n[click](command:evil) <img src=x>' }, { ok: false }),
          sourcesOf([profile]),
        ),
      ],
      routing: [],
      sections: [],
    });
    assert.doesNotMatch(text, /\n# Ready/);
    assert.doesNotMatch(text, /(?<!\\)\[click/);
    assert.doesNotMatch(text, /(?<!\\)<img/);
  });

  it('says that one is signed in, and not as whom', () => {
    const profile = profileOf({ auth: 'sign-in' });
    const sources = sourcesOf([profile], { keySource: () => ({ type: 'account', name: 'jane@example.org' }) });
    const providers = [findingsOf(profile, answerOf(), sources)];
    const text = doctorText({ progress: undefined, providers, routing: [], sections: [] });
    assert.match(text, /signed in/);
    assert.doesNotMatch(text, /jane/);
  });

  it('shows no address where there is none of ours', () => {
    const embedded = profileOf({ location: 'embedded', baseUrl: undefined });
    const lent = profileOf({ isAddressFixed: true });
    const providers = [embedded, lent].map((profile) => findingsOf(profile, answerOf(), sourcesOf([profile])));
    assert.doesNotMatch(doctorText({ progress: undefined, providers, routing: [], sections: [] }), /Address/);
  });

  it('expects no code completion of a provider that only chats', () => {
    const { capabilities } = profileOf().definition;
    const profile = profileOf({ capabilities: { ...capabilities, fim: 'none' } });
    assert.equal(probeText(profile, answerOf({ fim: { type: 'none' } }).result).ok, true);
    assert.equal(probeText(profileOf(), answerOf({ fim: { type: 'none' } }).result).ok, false);
  });
});

describe('a secret', () => {
  it('is in no report, whatever field it was planted in', async () => {
    const planted = {
      key: 'plain-secret-key',
      second: 'second stored secret',
      token: 'token-of-an-account',
      header: 'value [of] a <header>',
      scheme: 'token-behind-a-scheme',
      user: 'user-in-address',
      password: 'p@ss/word',
      query: 'query=value&',
      metrics: 'metrics-header',
    };
    const address = `https://${planted.user}:${encodeURIComponent(planted.password)}@host/v1?k=${encodeURIComponent(planted.query)}`;
    const profile = profileOf(
      {},
      {
        secret: planted.token,
        baseUrl: address,
        headers: { 'x-team': planted.header, authorization: `Bearer ${planted.scheme}` },
      },
    );
    const secrets = await knownSecrets({ read: async () => [planted.key, planted.second] }, [profile], {
      ...settings,
      metrics: { ...settings.metrics, headers: { 'x-otlp': planted.metrics } },
    });
    const everything = Object.values(planted).join(' ; ');
    const answer = answerOf(
      { problem: `The server said: ${everything} at ${address}`, models: [planted.header] },
      { ok: false, details: [everything, address] },
    );
    const report = {
      progress: undefined,
      providers: [findingsOf(profile, answer, sourcesOf([profile]))],
      routing: [everything],
      sections: [{ title: everything, lines: [address] }],
    };
    const text = JSON.stringify(report);
    const shown = withRedaction(report, (line) => redactSecrets(line, secrets));
    for (const [field, value] of Object.entries(planted)) {
      assert.ok(text.includes(value), `${field} was not planted`);
      assert.ok(!shown.includes(value), `${field} is shown`);
      assert.ok(!shown.includes(encodeURIComponent(value)), `${field} is shown as it stands in an address`);
    }
  });

  it('of a storage that cannot be read keeps no report away', async () => {
    const failing = { read: () => Promise.reject(new Error('locked')) };
    const profile = profileOf({}, { credentials: () => Promise.reject(new Error('locked')) });
    assert.deepEqual(await knownSecrets(failing, [{ ...profile, headers: { a: 'value-1' } }], settings), ['value-1']);
  });

  it('of a proxy is not read: only that there is one', () => {
    const names = proxyVariables({ HTTPS_PROXY: 'http://me:secret@proxy', http_proxy: '', no_proxy: 'a' });
    assert.deepEqual(names, ['HTTPS_PROXY', 'no_proxy']);
  });
});
