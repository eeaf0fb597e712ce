import assert from 'node:assert/strict';
import { estimateTokenCount } from 'tokenx';
import { diskFiles } from '../../../src/codebase/disk-files.ts';
import { gatherContext, prefetchContext } from '../../../src/completion/context/gather-context.ts';
import type { ContextSnippet } from '../../../src/router/model-request.ts';
import { documentWithCursor } from '../../codebase/documents.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';
import { type ContextStage, createContextStage } from './context-stage.ts';

const STORE = `
import type { Clock } from './clock.ts';
export interface Item { readonly id: string; readonly price: number }
export class Store {
  constructor(private readonly clock: Clock) {}
  addItem(item: Item): void { this.hiddenBody(); }
  private hiddenBody(): void {}
}
export function unused(): void {}
`;
const CLOCK = `export interface Clock { currentTime(): number }`;
const MAIN = `import { Store } from './store.ts';
const store = new Store(clock);
store.█
`;

describe('gathered context', () => {
  let stage: ContextStage;

  afterEach(async () => {
    try {
      assert.deepEqual(stage.errors, []);
    } finally {
      await stage.dispose();
    }
    assert.equal(stage.workspace.listeners(), 0);
  });

  const textOf = (snippets: readonly ContextSnippet[]): string =>
    snippets.map(({ path, text }) => `# ${path}\n${text}`).join('\n');

  it('has the signatures of what is imported, and the types that those mention', async () => {
    stage = await createContextStage({ 'store.ts': STORE, 'clock.ts': CLOCK });
    assert.equal(
      textOf(await stage.gather('main.ts', MAIN)),
      `# clock.ts
export interface Clock {
  currentTime(): number
}
# store.ts
export interface Item {
  readonly id: string
  readonly price: number
}
export class Store {
  constructor(private readonly clock: Clock)
  addItem(item: Item): void
}`,
    );
  });

  it('follows files that only hand names on, namespaces and renamed imports', async () => {
    stage = await createContextStage({
      'index.ts': "export * from './deep.ts';\nexport { Inner as Outer } from './inner.ts';",
      'deep.ts': 'export function deepFunction(a: number): string {}\nexport const another = 1;',
      'inner.ts': 'export class Inner { reach(): void {} }',
    });
    const text = textOf(
      await stage.gather(
        'main.ts',
        "import * as all from './index.ts';\nimport { Outer as Mine } from './index.ts';\nnew Mine(); all.█",
      ),
    );
    assert.match(text, /deepFunction\(a: number\): string/);
    assert.match(text, /reach\(\): void/);
  });

  it('prefers what is used near the cursor when not all fits', async () => {
    const classes = Array.from(
      { length: 40 },
      (_, index) => `export class Thing${index} { member${index}(argument: string): void {} }`,
    );
    const imports = `import { ${classes.map((_, index) => `Thing${index}`).join(', ')} } from './things.ts';`;
    stage = await createContextStage({ 'things.ts': classes.join('\n') });
    const filler = 'const filler = 1;\n'.repeat(80);
    const text = textOf(
      await stage.gather(
        'main.ts',
        `${imports}\nnew Thing3();\n${filler}new Thing31();\nconst x = new Thing17();\nx.█`,
        { budgetTokens: 120 },
      ),
    );
    assert.match(text, /member17/);
    assert.match(text, /member31/);
    assert.doesNotMatch(text, /member5\b/);
  });

  it('has the windows of open files that are like the code at the cursor, one per file', async () => {
    stage = await createContextStage({});
    const filler = (name: string): string =>
      Array.from({ length: 120 }, (_, line) => `const ${name}${line} = ${line};`).join('\n');
    stage.open({
      'like.ts': `${filler('noise')}\nfunction invoiceTotal(invoice) { return sumOf(invoice.lines, taxRate); }`,
      'unlike.ts': filler('other'),
    });
    const snippets = await stage.gather('main.ts', 'const taxRate = 1;\nconst total = sumOf(invoice.lines, █', {
      budgetTokens: 3_000,
    });
    assert.equal(snippets[0]?.path, 'like.ts');
    assert.match(snippets[0]?.text ?? '', /invoiceTotal/);
    assert.equal(snippets.filter(({ path }) => path === 'like.ts').length, 1);
  });

  it('stays within its budget', async () => {
    stage = await createContextStage({ 'store.ts': STORE, 'clock.ts': CLOCK });
    stage.open({ 'a.ts': 'const store = new Store();\n'.repeat(100), 'b.ts': 'store.addItem(item);\n'.repeat(100) });
    for (const budgetTokens of [0, 20, 100, 400, 1_500]) {
      const text = (await stage.gather('main.ts', MAIN, { budgetTokens })).map((snippet) => snippet.text).join('\n');
      // An estimate of the parts and one of the whole differ a little.
      assert.ok(estimateTokenCount(text) <= budgetTokens * 1.1 + 5, `${estimateTokenCount(text)} of ${budgetTokens}`);
    }
  });

  it('does not change while its reasons stay the same', async () => {
    stage = await createContextStage({
      'store.ts': STORE,
      'clock.ts': CLOCK,
      'z.ts': 'export class Zebra { stripe(): void {} }',
    });
    const tabs = { 'one.ts': 'store.addItem(a);\n'.repeat(30), 'two.ts': 'store.addItem(b);\nother();\n'.repeat(30) };
    stage.open(tabs);
    const text =
      "import { Store } from './store.ts';\nimport { Zebra } from './z.ts';\nconst store = new Store(clock);\n";
    const first = await stage.gather('main.ts', `${text}store.█`);
    for (const typed of [
      'store.a',
      'store.addI',
      'store.addItem({ ',
      'store.addItem({ id: "x" });\n',
      'store.addItem({ id: "x" });\n\nconst y = 1;',
    ]) {
      assert.deepEqual(await stage.gather('main.ts', `${text}${typed}█`), first, typed);
    }
    stage.open({ 'two.ts': tabs['two.ts'], 'one.ts': tabs['one.ts'] });
    assert.deepEqual(await stage.gather('main.ts', `${text}store.█`), first, 'the order of the tabs does not matter');
    const paths = first.map(({ path }) => path);
    assert.deepEqual(
      paths,
      ['clock.ts', 'store.ts', 'z.ts', 'one.ts', 'two.ts'],
      'signatures by path, then windows by path',
    );
  });

  it('follows changes of the files that it is made of', async () => {
    stage = await createContextStage({ 'store.ts': STORE, 'clock.ts': CLOCK });
    assert.match(textOf(await stage.gather('main.ts', MAIN)), /addItem/);
    await stage.workspace.write('store.ts', STORE.replace('addItem', 'putItem').padEnd(600));
    // What is known is used until the new text has been read.
    await stage.gather('main.ts', MAIN);
    await stage.sources.index.load(stage.workspace.path('store.ts'), 'soon');
    const text = textOf(await stage.gather('main.ts', MAIN));
    assert.match(text, /putItem/);
    assert.doesNotMatch(text, /addItem/);
  });

  it('leaves out what is not ready in time, and has it the next time', async () => {
    const clock = createFakeClock();
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    stage = await createContextStage(
      { 'store.ts': STORE, 'clock.ts': CLOCK },
      {
        clock,
        files: {
          ...diskFiles,
          readText: async (path, maxBytes) => {
            await held;
            return diskFiles.readText(path, maxBytes);
          },
        },
      },
    );
    const { document, position } = documentWithCursor(stage.workspace.path('main.ts'), MAIN);
    const query = { document, position, budgetTokens: 1_000, deadlineMs: 20 };
    const never = new AbortController().signal;
    const early = gatherContext(query, stage.sources, never);
    await clock.advance(20);
    assert.deepEqual(await early, []);
    release?.();
    await prefetchContext(document, stage.sources);
    assert.match(textOf(await gatherContext(query, stage.sources, never)), /addItem/);
    assert.equal(clock.pendingTimers, 0);
  });

  it('keeps to the last choice when the time is too short for a new one', async () => {
    stage = await createContextStage({ 'store.ts': STORE, 'clock.ts': CLOCK });
    const first = await stage.gather('main.ts', MAIN);
    assert.deepEqual(await stage.gather('main.ts', MAIN, { deadlineMs: 0 }), first);
  });

  it('gives nothing when it is no longer wanted', async () => {
    stage = await createContextStage({ 'store.ts': STORE });
    const abort = new AbortController();
    const pending = stage.gather('main.ts', MAIN, { signal: abort.signal });
    abort.abort();
    assert.deepEqual(await pending, []);
    assert.deepEqual(await stage.gather('main.ts', MAIN, { signal: abort.signal }), []);
  });

  it('is empty, not an error, for languages that it cannot read and for strange documents', async () => {
    stage = await createContextStage({});
    assert.deepEqual(await stage.gather('a.xyz', 'import x from y\n█', { languageId: 'plaintext' }), []);
    assert.deepEqual(await stage.gather('a.ts', '█'), []);
    assert.deepEqual(
      await stage.gather('a.ts', `import { a } from './${'x'.repeat(5_000)}';\n${'('.repeat(5_000)}█`),
      [],
    );
  });

  it('reads Python as well', async () => {
    stage = await createContextStage({
      'pkg/__init__.py': '',
      'pkg/store.py': 'class Store:\n    def add(self, item: str) -> None:\n        secret()\n',
    });
    const text = textOf(
      await stage.gather('pkg/main.py', 'from .store import Store\nstore = Store()\nstore.█', { languageId: 'python' }),
    );
    assert.equal(text, '# pkg/store.py\nclass Store:\n    def add(self, item: str) -> None');
  });

  it('goes on quietly when the editor closes meanwhile', async () => {
    stage = await createContextStage({ 'store.ts': STORE });
    const pending = stage.gather('main.ts', MAIN);
    stage.sources.dispose();
    assert.ok(Array.isArray(await pending));
  });
});
