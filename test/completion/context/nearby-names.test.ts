import assert from 'node:assert/strict';
import { nearbyNames, type NearbyNames } from '../../../src/completion/context/nearby-names.ts';
import { documentWithCursor } from '../../codebase/documents.ts';

function at(text: string, languageId?: string): NearbyNames {
  const { document, position } = documentWithCursor('/w/a.ts', text, languageId);
  return nearbyNames(document, position);
}

describe('names near the cursor', () => {
  it('have the distance of their nearest use; below the cursor it counts double', () => {
    const { distances } = at('far();\nnear();\nhere();█ after();\nbelow(); near();\n');
    assert.deepEqual(
      ['far', 'near', 'here', 'after', 'below'].map((name) => distances.get(name)),
      [2, 1, 0, 1, 3],
    );
  });

  it('lead to the types of what is in front of the dot', () => {
    assert.equal(at('function f(store: Store<Item>) {\n  store.█').likelyTypes[1], 'Store');
    assert.equal(at('const made = new Factory(1);\nmade.█').likelyTypes[1], 'Factory');
    assert.ok(at('const made = await loadAll(x);\nmade.map(█').likelyTypes.includes('loadAll'));
    assert.ok(at('class A {\n  readonly #thread: Thread;\n  f() {\n    this.#thread.█').likelyTypes.includes('Thread'));
    assert.ok(at('def f(store: Store):\n    store.█', 'python').likelyTypes.includes('Store'));
    assert.ok(at('func f(s *Store) {\n\tx := pkg.New(1)\n\tx.█', 'go').likelyTypes.includes('New'));
    assert.equal(at('Kind.█').likelyTypes[0], 'Kind');
  });

  it('lead from `this` to what the class extends', () => {
    const { likelyTypes } = at('export class A<T>\n  extends Base<T> implements Other {\n  f() {\n    this.█');
    assert.ok(likelyTypes.includes('Base') && likelyTypes.includes('Other'));
    assert.ok(at('class A(Base):\n    def f(self):\n        self.█', 'python').likelyTypes.includes('Base'));
  });

  it('make names that share words with them relevant', () => {
    const { relevance } = at('function refreshAccessToken() {\n  cache.█');
    assert.ok(relevance('setAccessTokenCredential') > relevance('removeAccount'));
    assert.equal(relevance('unrelated'), 0);
    assert.equal(relevance('$'), 0);
  });

  it('are found in no time in hostile text', () => {
    for (const unit of ['a.', 'a(', 'a.b(c).', 'class ', 'x: ', '((((', 'x='.repeat(20)]) {
      assert.ok(at(`${unit.repeat(20_000)}\n${unit.repeat(20_000)}█`).distances.size >= 0);
    }
  });
});
