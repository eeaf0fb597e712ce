/** Results that come after the editor was refused one: who is told, where, and who is left alone. */
import assert from 'node:assert/strict';
import { EditorHarness, ROUTE, knowing } from './editor-harness.ts';

const FINISHED = 'const a = 1;\nconst total = sum(a, b);\nreturn total;\n';
const SLOW = { firstTokenMs: 900 };

async function refused(): Promise<EditorHarness> {
  const editor = new EditorHarness({ text: 'const a = 1;█', answer: knowing(FINISHED, SLOW), route: SLOW });
  editor.type('\n');
  await editor.clock.advance(50);
  assert.equal(await editor.ghost(), undefined);
  return editor;
}

describe('a late result', () => {
  it('says for which place it is', async () => {
    const editor = await refused();
    const places: unknown[] = [];
    editor.engine.onLateResult((late) => places.push(late));
    await editor.clock.advance(1200);
    assert.deepEqual(places, [{ uri: editor.document.uri, position: { line: 1, character: 0 } }]);
  });

  it('is not announced while a question waits that it answers', async () => {
    const editor = await refused();
    await editor.clock.advance(500);
    assert.equal(await editor.ghost(), 'const total = sum(a, b);');
    assert.deepEqual(editor.lateResults, []);
  });

  it('is not announced after the next key: the editor asks by itself then', async () => {
    const editor = await refused();
    editor.type('c');
    await editor.clock.advance(1200);
    assert.deepEqual(editor.lateResults, []);
    assert.equal(await editor.ghost(), 'onst total = sum(a, b);');
  });

  it('does not bring back what the user has dismissed', async () => {
    const routes = [
      { ...ROUTE, firstTokenMs: 400 },
      { ...ROUTE, providerId: 'embedded', location: 'embedded' as const, firstTokenMs: 1 },
    ];
    const editor = new EditorHarness({
      text: 'const a = 1;█',
      routes,
      answer: (_input, { routing }) =>
        routing?.providers === undefined
          ? { text: 'const total = 0;', firstTokenMs: 400 }
          : { text: 'const b = 2;', firstTokenMs: 1 },
    });
    editor.type('\n');
    await editor.clock.advance(50);
    const [suggestion] = await editor.answers();
    assert.ok(suggestion);
    editor.engine.rejected(suggestion.id);
    await editor.clock.advance(600);
    assert.deepEqual(editor.lateResults, []);
  });
});

describe('the embedded answer', () => {
  const routesAt = (firstTokenMs: number) => [
    { ...ROUTE, firstTokenMs },
    { ...ROUTE, providerId: 'embedded', location: 'embedded' as const, firstTokenMs: 1 },
  ];

  it('is waited for when the other model is known to be too slow', async () => {
    const editor = new EditorHarness({
      text: 'const a = 1;\n█',
      routes: routesAt(900),
      answer: (_input, { routing }) =>
        routing?.providers === undefined
          ? { text: 'const total = 0;', firstTokenMs: 900 }
          : { text: 'const b = 2;', firstTokenMs: 20 },
    });
    assert.equal(await editor.ghost(), 'const b = 2;');
    assert.ok(editor.clock.now() < 100);
  });

  it('is shown when the other model is later than usual', async () => {
    const editor = new EditorHarness({
      text: 'const a = 1;\n█',
      routes: routesAt(30),
      answer: (_input, { routing }) =>
        routing?.providers === undefined
          ? { text: 'const total = 0;', firstTokenMs: 3000 }
          : { text: 'const b = 2;', firstTokenMs: 5 },
    });
    editor.edit(editor.offset, editor.offset, ' ');
    assert.equal(await editor.ghost(), 'const b = 2;');
    assert.ok(editor.clock.now() <= 650);
    await editor.clock.advance(4000);
    assert.deepEqual(editor.lateResults, [editor.document.uri]);
  });
});
