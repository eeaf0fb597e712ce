import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FromWorker, ToWorker } from '../../src/predictor/messages.ts';
import { type WorkerSession, createWorkerSession } from '../../src/predictor/worker-session.ts';
import { createFakeClock, type FakeClock } from '../fakes/fake-clock.ts';

interface Harness {
  readonly session: WorkerSession;
  readonly said: FromWorker[];
  readonly clock: FakeClock;
  send(...messages: readonly ToWorker[]): void;
  /** One turn of the event loop: false if nothing is left to do. */
  turn(): boolean;
  finish(): void;
  ofType<T extends FromWorker['type']>(type: T): Extract<FromWorker, { type: T }>[];
}

/** Time goes on by 0.3 ms whenever the session looks at the clock, so that its slices end. */
function start(snapshotFile?: string): Harness {
  const said: FromWorker[] = [];
  const deferred: (() => void)[] = [];
  const clock = createFakeClock();
  let nowMs = 0;
  const ticking = { ...clock, now: () => (nowMs += 0.3), setTimeout: clock.setTimeout };
  const session = createWorkerSession(
    { snapshotFile, memoryBytes: 32 * 2 ** 20 },
    { post: (message) => said.push(message), defer: (callback) => deferred.push(callback), clock: ticking },
  );
  const turn = (): boolean => {
    deferred.shift()?.();
    return deferred.length > 0;
  };
  return {
    session,
    said,
    clock,
    turn,
    send: (...messages) => messages.forEach((message) => session.receive(message)),
    finish: () => {
      while (turn()) {
        // To the end.
      }
    },
    ofType: (type) => said.filter((message) => message.type === type) as never,
  };
}

const BODY = 'export function load(path: string): Promise<Buffer> {\n  return readFile(path);\n}\n';
const FILES = Array.from({ length: 30 }, (_, number) => ({
  path: `f${number}.ts`,
  language: 'typescript',
  text: BODY.repeat(40),
}));
const QUERY = {
  path: 'new.ts',
  language: 'typescript',
  prefix: 'export function load(path: string): ',
  suffix: '',
  maxLines: 1,
};

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reaper-session-'));
  file = join(folder, 'model.bin');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the session of the worker', () => {
  it('answers a question before it goes on learning', () => {
    const { send, turn, said } = start();
    send({ type: 'learn', id: 1, files: FILES });
    turn();
    turn();
    send({ type: 'predict', id: 2, query: QUERY });
    said.length = 0;
    turn();
    assert.deepEqual(
      said.map(({ type }) => type),
      ['predicted'],
    );
  });

  it('drops a question when a newer one comes', () => {
    const { send, finish, ofType } = start();
    send({ type: 'learn', id: 1, files: FILES });
    finish();
    send({ type: 'predict', id: 2, query: QUERY }, { type: 'predict', id: 3, query: QUERY });
    finish();
    const answers = ofType('predicted');
    assert.deepEqual(
      answers.map(({ id }) => id),
      [2, 3],
    );
    assert.equal(answers[0]?.prediction, undefined);
    assert.match(answers[1]?.prediction?.text ?? '', /^Promise<Buffer> \{/);
  });

  it('says when files are learned, and what it knows then', () => {
    const { send, finish, ofType } = start();
    send({ type: 'learn', id: 7, files: FILES });
    finish();
    assert.deepEqual(ofType('learned'), [{ type: 'learned', id: 7 }]);
    const { state } = ofType('state').at(-1)!;
    assert.equal(state.files, FILES.length);
    assert.equal(state.isLearning, false);
    // The session runs in the thread of all tests here, so its heap says nothing about the bound of a worker.
    assert.ok(state.tokens > 1000 && state.memoryBytes > 0);
  });

  it('learns no secret, and so suggests none', () => {
    const { send, finish, ofType } = start();
    // Put together here, so that no scanner takes this file for a leak.
    const secret = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
    const text = `const client = connect('${secret}', region, retries);\n`.repeat(30);
    send({ type: 'learn', id: 1, files: [0, 1, 2].map((n) => ({ path: `k${n}.ts`, language: 'typescript', text })) });
    finish();
    send({ type: 'predict', id: 2, query: { ...QUERY, prefix: 'const client = ' } });
    finish();
    const suggested = ofType('predicted')[0]?.prediction?.text ?? '';
    assert.match(suggested, /^connect\('/);
    assert.ok(!suggested.includes(secret.slice(4, 20)), suggested);
  });

  it('suggests nothing of a forgotten file from that moment on, even if it waits to be learned', () => {
    const { send, finish, ofType } = start();
    send({ type: 'learn', id: 1, files: FILES.slice(0, 2) });
    send(
      { type: 'forget', path: 'f0.ts' },
      { type: 'forget', path: 'f1.ts' },
      { type: 'predict', id: 2, query: QUERY },
    );
    finish();
    assert.equal(ofType('predicted')[0]?.prediction, undefined);
    assert.equal(ofType('state').at(-1)?.state.files, 0);
    assert.equal(ofType('state').at(-1)?.state.tokens, 0);
  });

  it('learns text with the line breaks of Windows like any other', () => {
    const { send, finish, ofType } = start();
    const files = FILES.map((entry) => ({ ...entry, text: entry.text.replaceAll('\n', '\r\n') }));
    send({ type: 'learn', id: 1, files }, { type: 'predict', id: 2, query: QUERY });
    finish();
    send({ type: 'predict', id: 3, query: QUERY });
    finish();
    assert.equal(ofType('predicted').at(-1)?.prediction?.text, 'Promise<Buffer> {');
  });
});

describe('what the session keeps on disk', () => {
  it('is saved when nothing has changed for a while, and not again', async () => {
    const { send, finish, clock } = start(file);
    send({ type: 'update', file: FILES[0]! });
    finish();
    assert.equal(existsSync(file), false);
    await clock.advance(20_000);
    finish();
    assert.equal(existsSync(file), true);
    rmSync(file);
    await clock.advance(60_000);
    finish();
    assert.equal(existsSync(file), false);
    assert.equal(clock.pendingTimers, 0);
  });

  it('is saved before it stops, and leaves no timer', () => {
    const { send, finish, said, clock } = start(file);
    send({ type: 'update', file: FILES[0]! }, { type: 'stop' });
    finish();
    assert.equal(said.findLast(({ type }) => type !== 'state')?.type, 'stopped');
    assert.equal(existsSync(file), true);
    assert.equal(clock.pendingTimers, 0);
  });

  it('is there again in the next session, but not suggested from until it is confirmed or learned', () => {
    const first = start(file);
    first.send({ type: 'learn', id: 1, files: FILES }, { type: 'stop' });
    first.finish();

    const second = start(file);
    second.send({ type: 'predict', id: 2, query: QUERY });
    second.finish();
    assert.deepEqual(second.ofType('restored')[0]?.paths.length, FILES.length);
    second.send({ type: 'predict', id: 3, query: QUERY });
    second.finish();
    second.send({ type: 'confirm', paths: FILES.map(({ path }) => path) }, { type: 'predict', id: 4, query: QUERY });
    second.finish();
    const texts = second.ofType('predicted').map(({ prediction }) => prediction?.text);
    assert.deepEqual(texts, [undefined, undefined, 'Promise<Buffer> {']);
  });

  it('is set aside when it is damaged, with a word about it, and learned anew', () => {
    writeFileSync(file, 'rubbish'.repeat(1000));
    const { send, finish, ofType } = start(file);
    send({ type: 'learn', id: 1, files: FILES });
    finish();
    assert.match(ofType('problem')[0]?.message ?? '', /learned anew/);
    assert.deepEqual(readdirSync(folder), ['model.bin.bad']);
    assert.equal(ofType('state').at(-1)?.state.files, FILES.length);
  });

  it('may be impossible to save: the session says so and goes on', () => {
    writeFileSync(join(folder, 'no-folder'), '');
    const { send, finish, ofType } = start(join(folder, 'no-folder', 'model.bin'));
    send({ type: 'learn', id: 1, files: FILES }, { type: 'stop' });
    finish();
    assert.match(ofType('problem').at(-1)?.message ?? '', /could not be saved/);
    assert.equal(ofType('stopped').length, 1);
  });
});
