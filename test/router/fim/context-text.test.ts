import assert from 'node:assert/strict';
import { prefixWithContext } from '../../../src/router/fim/context-text.ts';
import type { FimInput } from '../../../src/router/model-request.ts';

function input(language: string, text = 'a\n\nb\n'): FimInput {
  return { type: 'fim', path: 'here', language, prefix: 'P', suffix: 'S', snippets: [{ path: 'there', text }] };
}

describe('other files as text before the prefix', () => {
  it("are comments in the file's own language", () => {
    assert.equal(prefixWithContext(input('go'), 'comments'), '// Path: there\n// a\n//\n// b\n// Path: here\nP');
    assert.equal(prefixWithContext(input('python'), 'comments'), '# Path: there\n# a\n#\n# b\n# Path: here\nP');
    assert.equal(
      prefixWithContext(input('html', 'a'), 'comments'),
      '<!-- Path: there -->\n<!-- a -->\n<!-- Path: here -->\nP',
    );
    assert.equal(prefixWithContext(input('sql', 'a'), 'comments'), '-- Path: there\n-- a\n-- Path: here\nP');
  });

  it('are left out when there are none', () => {
    for (const style of ['comments', 'plus-headings', 'hash-headings'] as const) {
      assert.equal(prefixWithContext({ ...input('go'), snippets: [] }, style), 'P');
    }
  });

  it('have the headings that a model was taught', () => {
    assert.equal(prefixWithContext(input('go', 'a'), 'plus-headings'), '+++++ there\na\n\n+++++ here\nP');
    assert.equal(prefixWithContext(input('go', 'a'), 'hash-headings'), '#there\na\n#here\nP');
  });
});
