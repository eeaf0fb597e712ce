import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LRUCache } from 'lru-cache';
import { createRecentValues } from '../../src/privacy/recent-values.ts';

describe('recent values', () => {
  it('let go of the one that was not asked for the longest, and tell of it', () => {
    let evicted = 0;
    const values = createRecentValues<object>(2, () => evicted++);
    values.set('a', {});
    values.set('b', {});
    values.get('a');
    values.peek('b');
    values.set('c', {});
    assert.deepEqual([[...values.keys()], evicted], [['a', 'c'], 1]);
    values.set('a', {});
    values.delete('a');
    assert.deepEqual([[...values.keys()], evicted], [['c'], 1], 'neither a replacement nor a removal is an eviction');
  });

  it('do what a library for it does, whatever is asked of them', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const step = fc.tuple(fc.constantFrom('get', 'peek', 'has', 'set', 'delete', 'clear'), name);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), (max, steps) => {
        const evicted = { ours: 0, theirs: 0 };
        const ours = createRecentValues<object>(max, () => evicted.ours++);
        const theirs = new LRUCache<string, object>({
          max,
          dispose: (_value, _key, reason) => (evicted.theirs += reason === 'evict' ? 1 : 0),
        });
        for (const [what, key] of steps) {
          const value = {};
          switch (what) {
            case 'set':
              ours.set(key, value);
              theirs.set(key, value);
              break;
            case 'clear':
              ours.clear();
              theirs.clear();
              break;
            default:
              assert.equal(ours[what](key), theirs[what](key));
          }
          assert.deepEqual([...ours.keys()], [...theirs.keys()].toReversed());
          assert.deepEqual(evicted.ours, evicted.theirs);
        }
      }),
    );
  });
});
