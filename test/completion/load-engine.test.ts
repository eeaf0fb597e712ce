import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/event.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { CompletionEngine, CompletionSettings, LateResult, OutcomeEvent } from '../../src/completion/engine.ts';
import { loadCompletionEngine } from '../../src/completion/load-engine.ts';
import { createCompletionStatus } from '../../src/completion/status.ts';
import type { Suggestion, SuggestionQuery } from '../../src/completion/suggestion.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { DEFAULT_SETTINGS, EditorHarness, knowing } from './editor-harness.ts';

const TEXT = 'const total = sum(a, b);\n';
const never = new AbortController().signal;

describe('the engine while it is loaded', () => {
  it('lets a question wait, and answers it as if it had been there', async () => {
    const editor = new EditorHarness({ text: 'const total = █', answer: knowing(TEXT) });
    const loaded = Promise.withResolvers<CompletionEngine>();
    const engine = loadFrom(() => loaded.promise);
    const asked = engine.provide(query(editor), never);
    loaded.resolve(editor.engine);
    let answer: readonly Suggestion[] | undefined;
    void asked.then((suggestions) => (answer = suggestions));
    while (answer === undefined) {
      await editor.clock.advance(5);
    }
    assert.equal(answer[0]?.insertText, 'const total = sum(a, b);');
    engine.dispose();
  });

  it('has a state, can be snoozed, and takes changes that nobody reads yet', () => {
    const engine = loadFrom(() => new Promise(() => undefined));
    const states: string[] = [];
    engine.onStatusChanged(({ state }) => states.push(state));
    engine.snooze(1000);
    assert.equal(engine.status.state, 'snoozed');
    engine.cancelSnooze();
    engine.documentClosed('file:///a.ts');
    engine.accepted('s0');
    assert.deepEqual(engine.reports(), []);
    assert.deepEqual(states, ['snoozed', 'idle']);
    engine.dispose();
  });

  it('gives up a question that was cancelled meanwhile', async () => {
    const editor = new EditorHarness({ text: 'const total = █', answer: knowing(TEXT) });
    const engine = loadFrom(() => Promise.resolve(editor.engine));
    const abort = new AbortController();
    const asked = engine.provide(query(editor), abort.signal);
    abort.abort();
    assert.deepEqual(await asked, []);
    assert.equal(editor.requests.length, 0);
    engine.dispose();
  });

  it('is loaded anew at the next question if that failed', async () => {
    const editor = new EditorHarness({ text: 'x█', answer: () => ({ text: '' }) });
    let tries = 0;
    const engine = loadFrom(() => (++tries === 1 ? Promise.reject(new Error('gone')) : Promise.resolve(editor.engine)));
    assert.deepEqual(await engine.provide(query(editor), never), []);
    const abort = new AbortController();
    const second = engine.provide(query(editor), abort.signal);
    abort.abort();
    await second;
    assert.equal(tries, 2);
    engine.dispose();
  });

  it('passes on what the loaded one tells, and is disposed with it, also when it comes too late', async () => {
    const outcomes = new Emitter<OutcomeEvent>();
    const late = new Emitter<LateResult>();
    let disposed = 0;
    const editor = new EditorHarness({ text: 'x█', answer: () => ({ text: '' }) });
    const inner: CompletionEngine = {
      ...editor.engine,
      status: editor.engine.status,
      provide: () => Promise.resolve([]),
      onOutcome: outcomes.event,
      onLateResult: late.event,
      dispose: () => void disposed++,
    };
    const engine = loadFrom(() => Promise.resolve(inner));
    const told: string[] = [];
    engine.onOutcome(({ outcome }) => told.push(outcome));
    engine.onLateResult(({ uri }) => told.push(uri));
    await engine.provide(query(editor), never);
    outcomes.fire({ suggestionId: 's0', outcome: 'accepted', providerId: 'p', characters: 1 });
    late.fire({ uri: 'file:///a.ts', position: { line: 0, character: 0 } });
    assert.deepEqual(told, ['accepted', 'file:///a.ts']);
    engine.dispose();
    assert.equal(disposed, 1);

    const tooLate = Promise.withResolvers<CompletionEngine>();
    const other = loadFrom(() => tooLate.promise);
    const asked = other.provide(query(editor), never);
    other.dispose();
    tooLate.resolve(inner);
    assert.deepEqual(await asked, []);
    assert.equal(disposed, 2);
  });
});

function loadFrom(load: () => Promise<CompletionEngine>): CompletionEngine {
  const status = createCompletionStatus({
    router: { completionRoute: () => [], health: () => [], onHealthChanged: () => ({ dispose: () => undefined }) },
    settings: () => DEFAULT_SETTINGS,
    onSettingsChanged: new Emitter<CompletionSettings>().event,
    clock: createFakeClock(),
  });
  return loadCompletionEngine({ status, load, logger: silentLogger });
}

function query(editor: EditorHarness): SuggestionQuery {
  return { document: editor.document, position: editor.position, trigger: 'automatic', selectedEntry: undefined };
}
