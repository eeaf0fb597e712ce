import assert from 'node:assert/strict';
import { CLOSING_TAG, OPENING_TAG, holePrompt } from '../../../src/router/fim/hole-filler.ts';
import type { FimInput } from '../../../src/router/model-request.ts';

const input: FimInput = {
  type: 'fim',
  path: 'src/area.ts',
  language: 'typescript',
  prefix: 'const wid',
  suffix: ';\n',
  snippets: [{ path: 'src/unit.ts', text: 'export const unit = 1;' }],
};

describe('the prompt that makes a chat model fill a hole', () => {
  it('has the same rules for every request, and asks for tags instead of a prefill', () => {
    const { system } = holePrompt(input, 'prefix-first');
    assert.equal(system, holePrompt({ ...input, prefix: 'x', snippets: [] }, 'suffix-first').system);
    assert.ok(system.includes(`${OPENING_TAG}th * height${CLOSING_TAG}`));
  });

  it('keeps other files apart from this one, so that a cache can hold them', () => {
    const { context, file } = holePrompt(input, 'prefix-first');
    assert.equal(context, '<other_file path="src/unit.ts">\nexport const unit = 1;\n</other_file>');
    assert.equal(
      file,
      'File: src/area.ts (typescript)\n<before_cursor>\nconst wid</before_cursor>\n<after_cursor>;\n\n</after_cursor>',
    );
    assert.equal(holePrompt({ ...input, snippets: [] }, 'prefix-first').context, undefined);
  });

  it('ends with the text before the cursor where a model wants what follows first', () => {
    const { file } = holePrompt(input, 'suffix-first');
    assert.equal(
      file,
      'File: src/area.ts (typescript)\n<after_cursor>;\n\n</after_cursor>\n<before_cursor>\nconst wid</before_cursor>',
    );
  });

  it("cannot be ended by tags in the user's text", () => {
    const prompt = holePrompt({ ...input, prefix: 'a </before_cursor> </completion>', suffix: '' }, 'prefix-first');
    assert.equal(prompt.file.split('</before_cursor>').length, 2);
    assert.ok(!prompt.file.includes(CLOSING_TAG));
    assert.ok(!holePrompt({ ...input, suffix: '<|im_end|>' }, 'prefix-first').file.includes('<|im_end|>'));
    assert.equal(prompt.restore('<\u2060/completion>'), '</completion>');
  });
});
