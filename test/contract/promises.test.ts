/** What is promised of every provider at once: nothing leaves where the user forbids it, and no secret comes back out. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Emitter } from '../../src/base/event.ts';
import { dayOf } from '../../src/ledger/calendar.ts';
import { createSqliteStore } from '../../src/ledger/sqlite-store.ts';
import { createEgress, type EgressPolicy } from '../../src/privacy/egress-policy.ts';
import { createRouter } from '../../src/router/create-router.ts';
import { defaultRouting } from '../../src/router/default-routing.ts';
import type { ModelRequest, RoutingHints, Strategy } from '../../src/router/model-request.ts';
import type { ProviderProfile } from '../../src/router/provider-definition.ts';
import type { RequestRecord } from '../../src/router/request-record.ts';
import type { Router } from '../../src/router/router.ts';
import { createFakeClock, type FakeClock } from '../fakes/fake-clock.ts';
import { type ModelServer, type Script, startModelServer } from '../fakes/model-server.ts';
import { createRecordingLogger, type RecordingLogger } from '../fakes/recording-logger.ts';
import { createTemporaryDatabase } from '../ledger/temporary-database.ts';
import { collect, never, textOf, until } from '../router/router-fixture.ts';
import { useFakeVscode } from '../vscode/use-fake-vscode.ts';
import {
  beginning,
  contentTypeOf,
  type Dialect,
  holeRequest,
  KEY,
  profileAt,
  type ProviderUnderTest,
  providersUnderTest,
  startDialectServer,
  streamText,
} from './dialects.ts';

useFakeVscode();
const { usageText } = await import('../../src/vscode/usage/usage-text.ts');
const { egressText } = await import('../../src/vscode/egress-text.ts');

interface Bench {
  readonly router: Router;
  readonly egress: EgressPolicy;
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly records: RequestRecord[];
  readonly settings: { localOnly: boolean };
}

function benchOf(profiles: readonly ProviderProfile[], localOnly: boolean): Bench {
  const clock = createFakeClock();
  const logger = createRecordingLogger();
  const records: RequestRecord[] = [];
  const settings = { localOnly, localHosts: [] };
  const egress = createEgress({ settings: () => settings, clock });
  const router = createRouter({
    profiles: { list: () => profiles, onDidChange: new Emitter<void>().event },
    egress,
    fetch: (...args) => globalThis.fetch(...args),
    clock,
    logger,
    random: () => 0,
    routing: () => defaultRouting,
  });
  router.onRequestFinished((record) => void records.push(record));
  return { router, egress, clock, logger, records, settings };
}

/** Reaches the server of the test, and is no address of this machine as far as the policy knows. */
const elsewhere = (url: string): string => url.replace('127.0.0.1', '0.0.0.0');

const wholeStream =
  (dialect: Dialect): Script =>
  ({ begin, write, end }) => {
    begin(contentTypeOf(dialect));
    write(streamText(dialect));
    end();
  };

const chat = (id: string, routing: RoutingHints): ModelRequest => ({
  purpose: 'chat',
  input: { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] },
  limits: { maxOutputTokens: 50, stop: [] },
  routing: { providers: [id], ...routing },
});

const FORBIDDEN = /Nothing is sent to 0\.0\.0\.0:\d+ because reaper\.privacy\.localOnly is on/;
const STRATEGIES: readonly Strategy[] = ['single', 'race', 'speculate_k', 'parallel_merge'];

function remoteProfile(provider: ProviderUnderTest, server: ModelServer): ProviderProfile {
  const profile = profileAt(provider, server);
  return { ...profile, chatModel: provider.dialect.model, baseUrl: elsewhere(profile.baseUrl ?? '') };
}

for (const provider of providersUnderTest()) {
  const { definition, dialect } = provider;

  describe(`nothing leaves this machine for ${definition.id}`, () => {
    let server: ModelServer;
    let bench: Bench;

    afterEach(async () => {
      bench.router.dispose();
      await bench.clock.settle();
      assert.equal(bench.clock.pendingTimers, 0, 'timers left');
      await server.close();
    });

    it('where that is forbidden: no request of any strategy, no probe, no test, not even when it is named', async () => {
      server = await startDialectServer(dialect, wholeStream(dialect));
      const profile = remoteProfile(provider, server);
      bench = benchOf([profile], true);
      await bench.clock.settle();
      for (const strategy of STRATEGIES) {
        const routing = { strategy, k: 4 };
        const requests = [
          chat(definition.id, routing),
          chat(definition.id, { ...routing, model: dialect.model }),
          { ...holeRequest(), routing: { ...routing, providers: [definition.id] } },
        ];
        for (const request of requests) {
          await assert.rejects(collect(bench.router.stream(request, never)), FORBIDDEN);
        }
      }
      const tested = await bench.router.test(profile, never);
      assert.match(tested.problem ?? '', /reaper\.privacy\.localOnly/);
      assert.equal(server.connections, 0);
      assert.deepEqual(bench.egress.log.entries(), []);
    });

    it('from the moment in which that is forbidden, be it in the middle of an answer', async () => {
      let asked = 0;
      server = await startDialectServer(dialect, ({ begin, write, cut }) => {
        asked++;
        begin(contentTypeOf(dialect));
        write(beginning(dialect));
        bench.settings.localOnly = true;
        cut();
      });
      bench = benchOf([remoteProfile(provider, server)], false);
      await until(() => bench.router.completionRoute().length > 0);
      const parts = await collect(bench.router.stream(holeRequest(), never)).catch(() => []);
      const requests = server.requests.length;
      assert.equal(asked, 1);
      await assert.rejects(collect(bench.router.stream(holeRequest(), never)), FORBIDDEN);
      assert.equal(server.requests.length, requests);
      assert.ok(textOf(parts).length <= dialect.text.length);
      assert.equal(bench.egress.log.entries().length, requests, 'every request that was made is in the log, once');
    });
  });
}

describe('OMEN’s gRPC, which no fetch carries', () => {
  it('opens no connection to a gRPC address elsewhere, though its HTTP address is on this machine', async () => {
    const provider = providersUnderTest().find(({ definition }) =>
      definition.options?.some(({ name }) => name === 'grpcUrl'),
    );
    assert.ok(provider !== undefined);
    const server = await startModelServer(() => undefined);
    const profile = profileAt(provider, server, { chatModel: provider.dialect.model });
    const options = { ...profile.options, transport: 'grpc', grpcUrl: elsewhere(server.url) };
    const bench = benchOf([{ ...profile, options }], true);
    const tested = await bench.router.test({ ...profile, options }, never);
    assert.match(tested.problem ?? '', FORBIDDEN);
    for (const strategy of STRATEGIES) {
      await assert.rejects(collect(bench.router.stream(chat(provider.definition.id, { strategy }), never)), FORBIDDEN);
    }
    assert.equal(server.connections, 0);
    assert.deepEqual(bench.egress.log.entries(), []);
    bench.router.dispose();
    await server.close();
  });
});

const COOKIE = 'planted-cookie-value-4711';
const HEADER = 'planted header, value/with+signs=';
const PASSWORD = 'planted-basic-password';
const headers = {
  'x-team-token': HEADER,
  cookie: `lang=en; session=${COOKIE}`,
  'proxy-authorization': `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`,
};
const SECRETS = [KEY, COOKIE, HEADER, PASSWORD, headers['proxy-authorization'].slice('Basic '.length)];
const QUOTE = SECRETS.join(' | ');
// What is left of each where a message was cut.
const TRACES = SECRETS.map((secret) => secret.slice(0, 12));

const json = { 'content-type': 'application/json' };
const asError = (message: string): string => JSON.stringify({ error: { message, type: message, code: message } });
const replies: Readonly<Record<string, Script>> = {
  ...Object.fromEntries(
    [400, 401, 402, 403, 404, 429, 500, 503].map((status) => [
      `a ${status} that quotes them`,
      ({ answer }) => answer(status, { ...json, 'x-amzn-errortype': 'SomeException' }, asError(QUOTE)),
    ]),
  ),
  // Behind so many words that what is repeated ends in the middle of one.
  ...Object.fromEntries(
    SECRETS.flatMap((secret, index) =>
      [299, 1000].map((limit) => [
        `a text of which the ${index + 1}th is cut at ${limit}`,
        ({ answer }) => answer(500, {}, `${'no '.repeat(400).slice(0, limit - 14)} ${secret}`),
      ]),
    ),
  ),
  'a message of AWS': ({ answer }) => answer(403, json, JSON.stringify({ message: QUOTE, __type: QUOTE })),
  'a page': ({ answer }) => answer(502, { 'content-type': 'text/html' }, `<html>${QUOTE}</html>`),
  'a content type': ({ answer }) => answer(200, { 'content-type': QUOTE }, QUOTE),
  'a redirect': ({ answer }) => answer(302, { location: `http://${KEY}.example/${KEY}?k=${COOKIE}` }),
  'invalid JSON': ({ answer }) => answer(200, json, `{"error": "${QUOTE}`),
  'a stream of nothing else': ({ begin, write, end }) => {
    begin('text/event-stream');
    write(`data: ${QUOTE}\n\ndata: {"error":${JSON.stringify(QUOTE)}}\n\n`);
    end();
  },
  'a list of models': ({ answer }) =>
    answer(200, json, JSON.stringify({ data: [{ id: KEY }], models: [{ name: QUOTE }], error: { message: QUOTE } })),
};

for (const provider of providersUnderTest()) {
  describe(`no secret comes back from ${provider.definition.id}`, () => {
    it('in errors, records, the log, health, reports or the ledger’s files, however the server quotes it', async () => {
      const server = await startModelServer(() => undefined);
      const store = createTemporaryDatabase();
      const ledger = createSqliteStore(store.open());
      try {
        for (const [name, script] of Object.entries(replies)) {
          server.script = script;
          const profile = profileAt(provider, server, { chatModel: provider.dialect.model, headers });
          const bench = benchOf([profile], false);
          const tested = await bench.router.test(profile, never);
          const failures: unknown[] = [];
          for (const request of [holeRequest(), chat(provider.definition.id, {})]) {
            const reading = collect(bench.router.stream(request, never)).catch((error: unknown) =>
              failures.push(error),
            );
            let isOver = false;
            void reading.finally(() => (isOver = true));
            while (!isOver) await bench.clock.advance(1000);
          }
          bench.router.dispose();
          await bench.clock.settle();
          ledger.write(bench.records.map((record) => ({ record, day: dayOf(record.startedAt), isBooked: false })));
          const wallTime = bench.clock.wallTime();
          const report = usageText({
            report: ledger.report(wallTime),
            budgets: [],
            trouble: undefined,
            labelOf: String,
          });
          const seen = {
            tested,
            failures: failures.map((error) => inspect(error, { depth: 10, showHidden: true })),
            records: bench.records,
            log: bench.logger.lines,
            health: bench.router.health(),
            limits: bench.router.limits(),
            egress: [bench.egress.log.toText(), egressText(bench.egress.log.entries(), false)],
            report,
          };
          for (const [place, content] of Object.entries(seen)) {
            const text = typeof content === 'string' ? content : JSON.stringify(content);
            for (const trace of TRACES) assert.ok(!text.includes(trace), `${name}: “${trace}” in ${place}: ${text}`);
          }
        }
        assert.ok(server.requests.some((request) => request.headers['x-team-token'] === HEADER));
        for (const file of readdirSync(store.folder)) {
          const bytes = readFileSync(join(store.folder, file), 'latin1');
          for (const trace of TRACES) assert.ok(!bytes.includes(trace), `${trace} in ${file}`);
        }
      } finally {
        store.dispose();
        await server.close();
      }
    });
  });
}
