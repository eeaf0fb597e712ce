import assert from 'node:assert/strict';
import fc from 'fast-check';
import { serverStops, stopFilter } from '../../../src/router/wire/text-filter.ts';

describe('stop strings', () => {
  it('end the text before the first of them, also across pieces', () => {
    const filter = stopFilter(['\n\n', '<|end|>']);
    assert.equal(filter.push('a\n'), 'a');
    assert.equal(filter.push('b<|e'), '\nb');
    assert.equal(filter.push('nd|>c'), '');
    assert.equal(filter.ended, true);
    assert.equal(filter.push('more') + filter.end(), '');
  });

  it('hold back only what may be the beginning of one', () => {
    const filter = stopFilter(['</completion>']);
    assert.equal(filter.push('x < y'), 'x < y');
    assert.equal(filter.push('</com'), '');
    assert.equal(filter.push('ment>'), '</comment>');
    assert.equal(filter.push('<'), '');
    assert.equal(filter.end(), '<');
  });

  it('cut in any pieces as they cut the whole', () => {
    const alphabet = fc.constantFrom('a', '\n', '<', '|', '>');
    const text = fc.array(alphabet, { maxLength: 40 }).map((characters) => characters.join(''));
    const stop = fc.array(alphabet, { minLength: 1, maxLength: 4 }).map((characters) => characters.join(''));
    fc.assert(
      fc.property(text, stop, fc.array(fc.nat(5)), (whole, wanted, sizes) => {
        const filter = stopFilter([wanted]);
        let streamed = '';
        let at = 0;
        for (const size of [...sizes, whole.length]) {
          streamed += filter.push(whole.slice(at, at + size));
          at += size;
        }
        assert.equal(streamed + filter.end(), whole.split(wanted)[0]);
      }),
    );
  });

  it('are chosen for a server that takes few: in order, without those that a shorter one covers', () => {
    assert.deepEqual(serverStops(['\n\n', '\n', 'a', 'a', '', '<x>', '<y>', '<z>'], 4), ['\n', 'a', '<x>', '<y>']);
  });
});
