/** When what comes behind a suggestion is asked for early. */
import assert from 'node:assert/strict';
import { EditorHarness, knowing } from './editor-harness.ts';

const FINISHED = 'one();\ntwo();\nthree();\nfour();\nfive();\nsix();\nseven();\n';

async function shown(parallelRequests: number): Promise<EditorHarness> {
  const answer = knowing(FINISHED, { tokenMs: 1 }, 3);
  const editor = new EditorHarness({ text: 'one();█', route: { parallelRequests }, answer });
  editor.type('\n');
  await editor.ghost();
  await editor.clock.advance(500);
  return editor;
}

describe('looking ahead', () => {
  it('is not done behind a suggestion that nobody uses', async () => {
    assert.equal((await shown(4)).requests.length, 1);
  });

  it('begins when a line of the text was typed through, and asks for what comes behind all of it, once', async () => {
    for (const slots of [1, 4]) {
      const editor = await shown(slots);
      editor.type('two();');
      editor.type('\n');
      editor.type('t');
      await editor.ghost();
      assert.deepEqual(
        editor.requests.map(({ input }) => input.prefix),
        ['one();\n', 'one();\ntwo();\nthree();\nfour();'],
      );
    }
  });
});
