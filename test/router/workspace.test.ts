/** The embedded model through the router: the last fallback of every completion. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import { Emitter } from '../../src/base/event.ts';
import type { Prediction, PredictionQuery, Predictor, PredictorState } from '../../src/predictor/predictor.ts';
import { createWorkspaceProvider } from '../../src/router/providers/workspace.ts';
import { closeAfterEach } from '../fakes/close-after-each.ts';
import { startModelServer } from '../fakes/model-server.ts';
import { collect, createFixture, defineTestProvider, fimRequest, never, profileOf, textOf } from './router-fixture.ts';

type Predict = (query: PredictionQuery, signal: AbortSignal) => Promise<Prediction | undefined>;

function fakePredictor(predict: Predict, state: PredictorState['state'] = 'ready'): Predictor {
  return {
    predict,
    learn: () => Promise.resolve(),
    forget: () => undefined,
    update: () => undefined,
    state: { state, files: 1, tokens: 1, memoryBytes: 1, problem: state === 'failed' ? 'The worker died.' : undefined },
    onStateChanged: new Emitter<PredictorState>().event,
    dispose: () => Promise.resolve(),
  };
}

function fixtureWith(predictor: Predictor): ReturnType<typeof createFixture> {
  return createFixture([profileOf(createWorkspaceProvider(predictor))]);
}

describe('the workspace provider', () => {
  const opened = closeAfterEach();

  it('streams one prediction, cut at a stop string, without tokens, bytes or egress', async () => {
    const queries: PredictionQuery[] = [];
    const { router, records, egress } = fixtureWith(
      fakePredictor((query) => {
        queries.push(query);
        return Promise.resolve({ text: 'b + 1;\nSTOP more', confidence: 0.9 });
      }),
    );
    const parts = await collect(router.stream(fimRequest({ limits: { stop: ['', 'STOP'] } }), never));
    assert.deepEqual(
      parts.map(({ type }) => type),
      ['source', 'text-delta', 'usage', 'finish'],
    );
    assert.equal(textOf(parts), 'b + 1;\n');
    assert.equal(queries[0]?.prefix, 'const a = ');
    const [record] = records;
    assert.deepEqual(
      [record?.bytesSent, record?.bytesReceived, record?.usage.output, record?.usage.estimated],
      [0, 0, 0, false],
    );
    assert.deepEqual(egress.checked, []);
    assert.deepEqual(router.completionRoute()[0], {
      providerId: 'workspace',
      model: 'workspace',
      location: 'embedded',
      parallelRequests: 1,
      firstTokenMs: 0,
    });
    router.dispose();
  });

  it('says nothing rather than something unsure', async () => {
    const { router } = fixtureWith(fakePredictor(() => Promise.resolve(undefined)));
    const parts = await collect(router.stream(fimRequest(), never));
    assert.equal(textOf(parts), '');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
    router.dispose();
  });

  it('answers when the first choice cannot', async () => {
    const server = opened(await startModelServer(({ answer }) => answer(500, {})));
    const workspace = createWorkspaceProvider(fakePredictor(() => Promise.resolve({ text: 'x', confidence: 1 })));
    const { router, records } = createFixture([
      profileOf(workspace),
      profileOf(defineTestProvider('served', { baseUrl: server.url })),
    ]);
    assert.equal(textOf(await collect(router.stream(fimRequest(), never))), 'x');
    assert.deepEqual(
      records.map(({ providerId, reason }) => [providerId, reason]),
      [
        ['served', 'first choice'],
        ['workspace', 'fallback after overloaded from served'],
      ],
    );
    router.dispose();
  });

  it('is cancelled with the request', async () => {
    let given: AbortSignal | undefined;
    const { router, clock } = fixtureWith(
      fakePredictor((_query, signal) => {
        given = signal;
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new ReaperError('cancelled', 'Cancelled')));
        });
      }),
    );
    const abort = new AbortController();
    const answer = assert.rejects(collect(router.stream(fimRequest(), abort.signal)), { kind: 'cancelled' });
    await clock.settle();
    abort.abort();
    await answer;
    assert.equal(given?.aborted, true);
    router.dispose();
  });

  it('passes on why it cannot, and does not chat', async () => {
    const failing = fakePredictor(() => Promise.reject(new Error('worker gone')), 'failed');
    const { router } = fixtureWith(failing);
    await assert.rejects(collect(router.stream(fimRequest(), never)), { kind: 'bad-response', message: /worker gone/ });
    const tested = await router.test(profileOf(createWorkspaceProvider(failing)), never);
    assert.equal(tested.reachable, false);
    assert.equal(tested.problem, 'The worker died.');
    const chat = { ...fimRequest({ purpose: 'chat' }), input: { type: 'chat', messages: [] } } as const;
    await assert.rejects(collect(router.stream(chat, never)), /workspace: it does not chat/);
    router.dispose();
  });
});
