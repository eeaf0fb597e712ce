/** Ghost text from keystroke to suggestion, by a clock that moves only when told. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import { EditorHarness, ROUTE, knowing } from './editor-harness.ts';

const FINISHED = 'const a = 1;\nconst total = sum(a, b);\nreturn total;\nconst c = 3;\nconst d = 4;\n';

describe('ghost text', () => {
  it('starts the request in the change event and lets the editor join it', async () => {
    const editor = new EditorHarness({ text: 'const a = 1;█', answer: knowing(FINISHED) });
    editor.type('\n');
    await editor.clock.settle();
    assert.equal(editor.requests.length, 1);
    await editor.clock.advance(50);
    assert.equal(await editor.ghost(), 'const total = sum(a, b);');
    assert.equal(editor.requests.length, 1);
  });

  it('shows the first line while the others are still on their way', async () => {
    const editor = new EditorHarness({ text: 'const a = 1;█', answer: knowing(FINISHED, { tokenMs: 50 }) });
    editor.type('\n');
    await editor.ghost();
    assert.equal(editor.requests[0]?.finished, false);
  });

  it('answers typed-through text without a request', async () => {
    const editor = new EditorHarness({ text: 'const a = 1;█', answer: knowing(FINISHED) });
    editor.type('\n');
    await editor.ghost();
    for (const key of 'const to') {
      editor.type(key);
      await editor.clock.advance(50);
    }
    assert.equal(await editor.ghost(), 'tal = sum(a, b);');
    assert.equal(editor.requests.length, 1);
  });

  it('answers backspace and undo without a request', async () => {
    const editor = new EditorHarness({ text: 'const a = 1;█', answer: knowing(FINISHED) });
    editor.type('\n');
    await editor.ghost();
    editor.type('cons');
    assert.equal(await editor.ghost(), 't total = sum(a, b);');
    editor.backspace(2);
    assert.equal(await editor.ghost(), 'nst total = sum(a, b);');
    editor.edit(editor.offset - 2, editor.offset, '', 'undo');
    assert.equal(await editor.ghost(), 'const total = sum(a, b);');
    assert.equal(editor.requests.length, 1);
  });

  it('puts deleted text in front when the cursor goes back behind the place of the request', async () => {
    const editor = new EditorHarness({ text: 'x = fo█', answer: () => ({ text: 'o(bar)' }) });
    assert.equal(await editor.ghost(), 'o(bar)');
    editor.backspace();
    assert.equal(await editor.ghost(), 'oo(bar)');
    assert.equal(editor.requests.length, 1);
  });

  it('does not offer a deleted typo again', async () => {
    const texts = ['total = sum();', 'y = typo();'];
    const editor = new EditorHarness({ text: 'let█', answer: () => ({ text: texts.shift() ?? '' }) });
    editor.type(' ');
    assert.equal(await editor.ghost(), 'total = sum();');
    editor.type('x');
    await editor.clock.advance(1000);
    assert.equal(await editor.ghost(), 'y = typo();');
    editor.backspace();
    assert.equal(await editor.ghost(), 'total = sum();');
  });

  it('keeps the result of a question that the editor cancelled', async () => {
    const editor = new EditorHarness({ text: 'const a = 1;█', answer: knowing(FINISHED) });
    editor.type('\n');
    const abort = new AbortController();
    const first = editor.ask({}, abort.signal);
    abort.abort();
    assert.deepEqual(await first, []);
    await editor.clock.advance(400);
    assert.equal(await editor.ghost(), 'const total = sum(a, b);');
    assert.equal(editor.requests.length, 1);
  });

  it('has the next line ready after an accept', async () => {
    const editor = new EditorHarness({ text: 'const a = 1;█', answer: knowing(FINISHED) });
    editor.type('\n');
    const [first] = await editor.answers();
    assert.ok(first);
    await editor.clock.advance(300);
    editor.accept(first);
    const before = editor.clock.now();
    assert.equal(await editor.ghost(), '\nreturn total;');
    assert.equal(editor.clock.now(), before);
    assert.deepEqual(editor.outcomes, ['shown', 'accepted', 'shown']);
  });

  it('looks ahead behind the last lines of an accepted stream', async () => {
    const editor = new EditorHarness({ text: 'const a = 1;█', answer: knowing(FINISHED, {}, 2) });
    editor.type('\n');
    const [first] = await editor.answers();
    assert.ok(first);
    await editor.clock.advance(300);
    assert.equal(editor.requests.length, 1);
    editor.accept(first);
    await editor.clock.settle();
    assert.equal(editor.requests.length, 2);
    assert.ok(editor.requests[1]?.input.prefix.endsWith('\nreturn total;'));
  });

  it('replaces a request at once when something else is typed', async () => {
    const editor = new EditorHarness({ text: 'const a = 1;█', answer: knowing(FINISHED) });
    editor.type('\n');
    await editor.ghost();
    editor.type('(');
    await editor.clock.settle();
    assert.equal(editor.requests.length, 2);
  });

  it('waits inside a word for the next key, by the rhythm of the user', async () => {
    const editor = new EditorHarness({ text: 'const a = 1;\n█', answer: () => ({ text: 'xyz' }) });
    for (const key of 'abcde') {
      editor.type(key);
      await editor.clock.advance(80);
    }
    assert.equal(editor.requests.length, 0);
    await editor.clock.advance(50);
    assert.equal(editor.requests.length, 1);
  });

  it('gives a one-slot server one request at a time', async () => {
    const editor = new EditorHarness({
      text: 'a(█',
      answer: () => ({ text: 'zzz\nzzz', firstTokenMs: 30, tokenMs: 200 }),
      route: { parallelRequests: 1 },
    });
    for (const key of '(+(-') {
      editor.type(key);
      await editor.clock.advance(40);
      assert.ok(editor.requests.filter((request) => !request.aborted && !request.finished).length <= 1);
    }
    assert.equal(editor.requests.length, 4);
  });

  it('replaces a joined request as soon as it says something else than what was typed', async () => {
    const texts = ['wrong', '.right()'];
    const editor = new EditorHarness({ text: 'a(█', answer: () => ({ text: texts.shift() ?? '', firstTokenMs: 100 }) });
    editor.type('(');
    await editor.clock.advance(20);
    editor.type(')');
    await editor.clock.advance(90);
    assert.equal(editor.requests.length, 2);
    assert.equal(await editor.ghost(), '.right()');
  });

  it('gives up before the editor does and announces the late result', async () => {
    const editor = new EditorHarness({
      text: 'const a = 1;█',
      answer: knowing(FINISHED, { firstTokenMs: 900 }),
      route: { firstTokenMs: undefined },
    });
    editor.type('\n');
    await editor.clock.advance(50);
    assert.equal(await editor.ghost(), undefined);
    assert.ok(editor.clock.now() <= 700);
    await editor.clock.advance(600);
    assert.deepEqual(editor.lateResults, [editor.document.uri]);
    assert.equal(await editor.ghost(), 'const total = sum(a, b);');
    assert.equal(editor.requests.length, 1);
  });

  it('does not hold the editor back for a model that is known to be slow', async () => {
    const editor = new EditorHarness({
      text: 'const a = 1;█',
      answer: knowing(FINISHED, { firstTokenMs: 900 }),
      route: { firstTokenMs: 900 },
    });
    editor.type('\n');
    const before = editor.clock.now();
    assert.equal(await editor.ghost(), undefined);
    assert.equal(editor.clock.now(), before);
  });

  it('completes the selected entry of the suggest widget', async () => {
    const editor = new EditorHarness({ text: 'con█', answer: knowing('console.log(a);') });
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } };
    const [suggestion] = await editor.answers({ selectedEntry: { range, text: 'console' } });
    assert.deepEqual(suggestion?.insertText, 'console.log(a);');
    assert.deepEqual(suggestion?.range, range);
  });

  it('asks for nothing new after an undo, unless the user does', async () => {
    const editor = new EditorHarness({ text: 'abc(█', answer: () => ({ text: 'x)' }) });
    editor.edit(editor.offset - 1, editor.offset, '', 'undo');
    assert.equal(await editor.ghost(), undefined);
    assert.equal(editor.requests.length, 0);
    assert.match(editor.engine.reports()[0]?.reason ?? '', /undo/);
    assert.equal(await editor.ghost({ trigger: 'invoke' }), 'x)');
  });

  it('starts nothing early for several edits at once', () => {
    const editor = new EditorHarness({ text: 'ab█', answer: () => ({ text: 'x' }) });
    const range = { start: editor.position, end: editor.position };
    const edits = [
      { range, text: '(' },
      { range, text: '(' },
    ];
    editor.engine.documentChanged({ document: editor.document, edits, cause: 'typing' });
    assert.equal(editor.requests.length, 0);
  });

  it('offers several candidates when asked, without saying one twice', async () => {
    const texts = ['first()', 'second()', 'first()', 'third()'];
    const editor = new EditorHarness({ text: 'a = █', answer: () => ({ text: texts.shift() ?? '' }) });
    const suggestions = await editor.answers({ trigger: 'invoke' });
    assert.deepEqual(
      suggestions.map(({ insertText }) => insertText),
      ['a = first()', 'a = second()'],
    );
    assert.equal(editor.requests.filter(({ request }) => (request.limits.temperature ?? 0) > 0).length, 2);
  });

  it('keeps its text against the indentation that the editor puts', async () => {
    const editor = new EditorHarness({ text: 'if (a) █', answer: () => ({ text: '\n    run(a);\n}' }) });
    editor.type('{');
    assert.equal(await editor.ghost(), '\n    run(a);');
    editor.type('\n  ');
    assert.equal(await editor.ghost(), '  run(a);');
    assert.equal(editor.requests.length, 1);
  });

  it('works with CRLF documents and text outside the basic plane', async () => {
    const editor = new EditorHarness({
      text: 'a = "😀";\r\nb = █',
      eol: '\r\n',
      answer: knowing('a = "😀";\nb = "😀 ok";\n'),
    });
    assert.equal(await editor.ghost(), '"😀 ok";');
    editor.type('"');
    editor.type('😀');
    assert.equal(await editor.ghost(), ' ok";');
    assert.equal(editor.requests.length, 1);
  });
});

describe('ghost text while a slower model runs', () => {
  const routes = [
    { ...ROUTE, firstTokenMs: 400 },
    { ...ROUTE, providerId: 'embedded', location: 'embedded' as const, firstTokenMs: 1 },
  ];

  it('shows the embedded answer at once, then the better one', async () => {
    const editor = new EditorHarness({
      text: 'const a = 1;█',
      routes,
      answer: (_input, { routing }) =>
        routing?.providers?.[0] === 'embedded'
          ? { text: 'const b = 2;', firstTokenMs: 1 }
          : { text: 'const total = 0;', firstTokenMs: 400 },
    });
    editor.type('\n');
    await editor.clock.advance(50);
    assert.equal(await editor.ghost(), 'const b = 2;');
    await editor.clock.advance(600);
    assert.deepEqual(editor.lateResults, [editor.document.uri]);
    assert.equal(await editor.ghost(), 'const total = 0;');
  });
});

describe('ghost text that is not there', () => {
  const why = (editor: EditorHarness): string => editor.engine.reports()[0]?.reason ?? '';

  it('says which rule forbade it', async () => {
    const cases = [
      { options: { settings: { enabled: false } }, reason: /turned off/ },
      { options: { languageId: 'markdown' }, reason: /language markdown/ },
      { options: { settings: { disabledFiles: ['*.ts'] } }, reason: /disabledFiles: \*\.ts/ },
      { options: { mayRead: { allowed: false, reason: '.reaperignore: *.ts' } as const }, reason: /\.reaperignore/ },
      { options: { settings: { inComments: false }, syntax: { scope: 'comment' as const } }, reason: /comments/ },
      { options: { settings: { inStrings: false }, syntax: { scope: 'string' as const } }, reason: /strings/ },
      { options: { text: 'fo█o' }, reason: /inside a word/ },
    ];
    for (const { options, reason } of cases) {
      const editor = new EditorHarness({ text: 'a = █', answer: () => ({ text: 'b' }), ...options });
      editor.edit(editor.offset, editor.offset, '');
      assert.equal(await editor.ghost(), undefined);
      assert.match(why(editor), reason);
      assert.equal(editor.requests.length, 0);
    }
  });

  it('reports an error once and asks again only at the next place', async () => {
    const error = new ReaperError('auth', 'The key for Served was refused. Run “Reaper: Set API Key”.');
    const editor = new EditorHarness({ text: 'a = █', answer: () => ({ text: '', error }) });
    assert.equal(await editor.ghost(), undefined);
    assert.match(why(editor), /key for Served was refused/);
    assert.equal(editor.requests.length, 1);
  });

  it('does not ask twice where the model had nothing to say', async () => {
    const editor = new EditorHarness({ text: 'a = █', answer: () => ({ text: '  ' }) });
    assert.equal(await editor.ghost(), undefined);
    assert.equal(await editor.ghost(), undefined);
    assert.equal(editor.requests.length, 1);
  });

  it('is silent while snoozed and comes back by itself', async () => {
    const editor = new EditorHarness({ text: 'a = █', answer: () => ({ text: 'b' }) });
    editor.engine.snooze(60_000);
    assert.equal(editor.engine.status.state, 'snoozed');
    assert.equal(await editor.ghost(), undefined);
    await editor.clock.advance(60_000);
    assert.equal(await editor.ghost(), 'b');
  });
});

describe('the engine', () => {
  it('sends no secret', async () => {
    const editor = new EditorHarness({ text: 'password = "hunter2";\nlogin(█', answer: () => ({ text: 'p)' }) });
    await editor.ghost();
    assert.doesNotMatch(JSON.stringify(editor.requests[0]?.input), /hunter2/);
  });

  it('keeps the start of the prompt while the user types on', async () => {
    const line = 'const value = compute(alpha, beta, gamma);\n';
    const editor = new EditorHarness({ text: `${line.repeat(400)}█`, answer: () => ({ text: 'zzz' }) });
    const starts = new Set<string>();
    for (let typed = 0; typed < 12; typed++) {
      editor.type('q(\n');
      await editor.clock.settle();
      starts.add(editor.requests.at(-1)?.input.prefix.slice(0, 200) ?? '');
      await editor.clock.advance(30);
    }
    assert.equal(starts.size, 1);
  });

  it('tells whether accepted text is still there later', async () => {
    const editor = new EditorHarness({ text: 'a = █', answer: () => ({ text: 'compute(alpha);' }) });
    const [suggestion] = await editor.answers();
    assert.ok(suggestion);
    editor.accept(suggestion);
    await editor.clock.advance(30_000);
    editor.edit(0, editor.text.length, 'nothing');
    await editor.clock.advance(300_000);
    assert.deepEqual(
      editor.outcomes.filter((outcome) => /retained|removed/.test(outcome)),
      ['retained-30s', 'removed-5min'],
    );
  });

  it('leaves nothing behind: requests, timers and listeners end with it', async () => {
    const editor = new EditorHarness({ text: 'a = █', answer: () => ({ text: 'b', firstTokenMs: 500 }) });
    editor.type('(');
    const question = editor.ask();
    await editor.clock.advance(20);
    editor.dispose();
    assert.deepEqual(await question, []);
    await editor.clock.settle();
    assert.equal(editor.requests[0]?.aborted, true);
    assert.equal(editor.clock.pendingTimers, 0);
    assert.equal(editor.healthChanged.listenerCount + editor.settingsChanged.listenerCount, 0);
  });

  it('stops everything for a document that was closed', async () => {
    const editor = new EditorHarness({ text: 'a = █', answer: () => ({ text: 'b', firstTokenMs: 500 }) });
    editor.type('(');
    await editor.clock.settle();
    editor.engine.documentClosed(editor.document.uri);
    await editor.clock.settle();
    assert.equal(editor.requests[0]?.aborted, true);
  });
});
