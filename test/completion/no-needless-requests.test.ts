/** What must not be asked: the same twice, for a place that was left, or beside what a one-slot server does already. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import { EditorHarness, knowing } from './editor-harness.ts';

describe('a request that failed', () => {
  const failing = (): EditorHarness => {
    const error = new ReaperError('overloaded', 'Served is overloaded.');
    return new EditorHarness({ text: 'a = █', answer: () => ({ text: '', error }) });
  };

  it('is not repeated when the editor asks again for the same place', async () => {
    const editor = failing();
    editor.type('(');
    assert.equal(await editor.ghost(), undefined);
    assert.equal(await editor.ghost(), undefined);
    assert.equal(editor.requests.length, 1);
    assert.match(editor.engine.reports()[0]?.reason ?? '', /overloaded/);
  });

  it('is repeated when the user asks, and after the next edit', async () => {
    const editor = failing();
    await editor.ghost();
    await editor.ghost({ trigger: 'invoke' });
    assert.equal(editor.requests.length, 2);
    editor.type('(');
    editor.backspace();
    await editor.clock.settle();
    assert.equal(editor.requests.length, 4);
  });
});

describe('a question for a place that was left', () => {
  it('starts nothing, even if the editor has not cancelled it yet', async () => {
    const editor = new EditorHarness({
      text: 'a = █',
      answer: ({ prefix }) => ({ text: prefix.endsWith('(') ? 'right)' : 'no', firstTokenMs: 200 }),
    });
    editor.type('x');
    await editor.clock.advance(10);
    const old = editor.ask();
    await editor.clock.advance(10);
    editor.type('(');
    await editor.clock.advance(400);
    assert.deepEqual(await old, []);
    assert.deepEqual(
      editor.requests.map(({ input }) => input.prefix),
      ['a = x('],
    );
    assert.equal(editor.requests[0]?.aborted, false);
  });

  it('is not asked for further candidates', async () => {
    const route = { parallelRequests: 1 };
    const answer = () => ({ text: 'x()\n', firstTokenMs: 20, tokenMs: 20 });
    const editor = new EditorHarness({ text: 'foo█', route, answer });
    const old = editor.ask({ trigger: 'invoke' });
    await editor.clock.advance(30);
    editor.backspace();
    await editor.clock.advance(1000);
    assert.deepEqual(await old, []);
    assert.deepEqual(
      editor.requests
        .filter(({ request }) => request.limits.temperature !== undefined)
        .map(({ input }) => input.prefix),
      [],
    );
  });

  it('does not hold back the question for the place where the user is now', async () => {
    const editor = new EditorHarness({ text: 'con█', answer: () => ({ text: '.log()' }) });
    editor.type('s');
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 4 } };
    await editor.ghost({ selectedEntry: { range, text: 'console' } });
    assert.deepEqual(
      editor.requests.map(({ input }) => input.prefix),
      ['console'],
    );
  });
});

describe('after an undo', () => {
  it('a stream that says something else is not replaced', async () => {
    const editor = new EditorHarness({ text: 'a(x█', answer: () => ({ text: 'wrong', firstTokenMs: 100 }) });
    editor.type('(');
    await editor.clock.advance(20);
    editor.edit(editor.offset, editor.offset, 'y', 'undo');
    assert.equal(await editor.ghost(), undefined);
    assert.equal(editor.requests.length, 1);
  });
});

describe('a one-slot server', () => {
  const route = { parallelRequests: 1 };

  it('is asked for further candidates one after the other', async () => {
    const texts = ['first()\nmore()\nmore()', 'second()', 'third()'];
    const editor = new EditorHarness({
      text: 'a = █',
      route,
      answer: () => ({ text: texts.shift() ?? '', firstTokenMs: 20, tokenMs: 20 }),
    });
    const suggestions = await editor.answers({ trigger: 'invoke' });
    assert.deepEqual(
      suggestions.map(({ insertText }) => insertText),
      ['a = first()', 'a = third()', 'a = second()'],
    );
    assert.equal(editor.mostAtOnce, 1);
  });

  it('is not asked to look ahead in one document while it answers another', async () => {
    const finished = 'one();\ntwo();\nthree();\n';
    const editor = new EditorHarness({ text: 'one();█', route, answer: knowing(finished, { tokenMs: 1 }, 2) });
    editor.type('\n');
    const [first] = await editor.answers();
    assert.ok(first);
    await editor.clock.advance(500);
    const left = editor.open({ text: 'a(█', path: '/project/other.ts' });
    editor.type('(');
    await editor.clock.settle();
    editor.open(left);
    editor.accept(first);
    await editor.clock.settle();
    assert.equal(editor.mostAtOnce, 1);
  });
});

describe('a setting that changes while candidates are awaited', () => {
  it('makes the old ones void', async () => {
    const editor = new EditorHarness({ text: 'a = █', answer: () => ({ text: 'old()', firstTokenMs: 100 }) });
    const question = editor.ask({ trigger: 'invoke' });
    await editor.clock.advance(150);
    editor.settingsChanged.fire(editor.settings);
    assert.deepEqual(await question, []);
  });
});
