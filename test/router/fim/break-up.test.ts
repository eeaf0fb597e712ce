import assert from 'node:assert/strict';
import fc from 'fast-check';
import { breakUpInput, breakUpTokens } from '../../../src/router/fim/break-up.ts';
import { renderRawPrompt, templates } from '../../../src/router/fim/templates.ts';
import type { FimInput } from '../../../src/router/model-request.ts';

const MARK = '\u2060';

/** Text that is full of tokens, of pieces of tokens, and of other things. */
function hostileText(tokens: readonly string[]): fc.Arbitrary<string> {
  const token = fc.constantFrom(...tokens);
  const piece = fc.tuple(token, fc.nat(20), fc.nat(20)).map(([text, from, to]) => text.slice(from, to));
  return fc.array(fc.oneof(token, piece, fc.string({ maxLength: 6 })), { maxLength: 8 }).map((parts) => parts.join(''));
}

function hostileInput(tokens: readonly string[]): fc.Arbitrary<FimInput> {
  const text = hostileText(tokens);
  return fc.record({
    type: fc.constant('fim' as const),
    path: text,
    language: fc.constant('typescript'),
    prefix: text,
    suffix: text,
    snippets: fc.array(fc.record({ path: text, text }), { maxLength: 2 }),
  });
}

describe("control tokens in the user's text", () => {
  it('stay the same to the eye and are no tokens any more', () => {
    const broken = breakUpTokens('const t = "<|fim_prefix|>";', ['<|fim_prefix|>']);
    assert.equal(broken, `const t = "<${MARK}|fim_prefix|>";`);
    assert.equal(broken.replaceAll(MARK, ''), 'const t = "<|fim_prefix|>";');
  });

  for (const [family, template] of templates) {
    it(`of ${family} never survive, and nothing else of the text changes`, () => {
      fc.assert(
        fc.property(hostileInput(template.tokens), (input) => {
          const { input: safe, restore } = breakUpInput(input, template.tokens);
          const before = [input.path, input.prefix, input.suffix, ...input.snippets.flatMap((s) => [s.path, s.text])];
          const after = [safe.path, safe.prefix, safe.suffix, ...safe.snippets.flatMap((s) => [s.path, s.text])];
          for (const text of after) assert.ok(!template.tokens.some((token) => text.includes(token)));
          if (!before.some((text) => text.includes(MARK))) {
            assert.deepEqual(
              after.map((text) => restore(text)),
              before,
            );
          }
        }),
        { numRuns: 50 },
      );
    });

    it(`of ${family} are in the prompt only where the template puts them`, () => {
      const count = (text: string): readonly number[] => template.tokens.map((token) => text.split(token).length - 1);
      fc.assert(
        fc.property(hostileInput(template.tokens), (input) => {
          const empty = {
            ...input,
            path: '',
            prefix: '',
            suffix: '',
            snippets: input.snippets.map(() => ({ path: '', text: '' })),
          };
          assert.deepEqual(count(renderRawPrompt(family, input).prompt), count(renderRawPrompt(family, empty).prompt));
        }),
        { numRuns: 50 },
      );
    });
  }

  it('come back whole in the answer, unless the text had such invisible characters of its own', () => {
    const input: FimInput = { type: 'fim', path: 'a', language: 'c', prefix: '<EOT>', suffix: '', snippets: [] };
    assert.equal(breakUpInput(input, ['<EOT>']).restore(`<${MARK}EOT>`), '<EOT>');
    const own = { ...input, suffix: MARK };
    assert.equal(breakUpInput(own, ['<EOT>']).restore(`a${MARK}b`), `a${MARK}b`);
    const none = { ...input, prefix: 'plain' };
    assert.equal(breakUpInput(none, ['<EOT>']).restore(`a${MARK}b`), `a${MARK}b`);
  });
});
