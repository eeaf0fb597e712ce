import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { KEY_KINDS, STANDALONE_KINDS, TOKEN_KINDS } from '../../base/secret-samples.ts';
import { type ContextStage, createContextStage } from './context-stage.ts';

const SECRET = 'export class Hidden { neverToBeSeen(): void {} }';
const MAIN = "import { Hidden } from './hidden.ts';\nconst hidden = new Hidden();\nhidden.█";

describe('context and privacy', () => {
  let stage: ContextStage;

  afterEach(async () => {
    try {
      assert.deepEqual(stage.errors, []);
    } finally {
      await stage.dispose();
    }
  });

  const seen = async (text = MAIN, path = 'main.ts'): Promise<boolean> =>
    JSON.stringify(await stage.gather(path, text)).includes('neverToBeSeen');

  it('shows what is allowed, so that the other tests mean something', async () => {
    stage = await createContextStage({ 'hidden.ts': SECRET });
    assert.equal(await seen(), true);
    stage.open({ 'tab.ts': `hidden hidden hidden\n${SECRET}` });
    assert.equal(await seen('const hidden = new Hidden();\nhidden.█'), true);
  });

  it('never shows ignored files, imported or open', async () => {
    stage = await createContextStage({ '.gitignore': 'hidden.ts\n', '.reaperignore': 'tab.ts\n', 'hidden.ts': SECRET });
    stage.open({
      'tab.ts': `new Hidden();\n${SECRET}`,
      'hidden.ts': `new Hidden();\n${SECRET}`,
      '.env': `Hidden=${SECRET}`,
    });
    assert.equal(await seen(), false);
  });

  it('never shows them after the ignore file changes', async () => {
    stage = await createContextStage({ 'hidden.ts': SECRET, 'tab.ts': SECRET });
    stage.open({ 'tab.ts': `new Hidden();\n${SECRET}` });
    assert.equal(await seen(), true);
    await stage.workspace.write('.reaperignore', 'hidden.ts\ntab.ts\n');
    // Not even while the new rules are being read, and not from what was chosen before.
    assert.equal(await seen(), false);
    assert.equal(await seen(), false);
    await stage.workspace.write('.reaperignore', '# nothing\n');
    await seen();
    assert.equal(await seen(), true);
  });

  it('never shows them after the settings change', async () => {
    stage = await createContextStage({ 'hidden.ts': SECRET });
    assert.equal(await seen(), true);
    stage.setExcluded(['hidden.ts']);
    assert.equal(await seen(), false);
  });

  it('never shows them after a file moves into an ignored folder', async () => {
    stage = await createContextStage({ '.gitignore': 'private/\n', 'hidden.ts': SECRET });
    assert.equal(await seen(), true);
    await stage.workspace.move('hidden.ts', 'private/hidden.ts');
    assert.equal(await seen(), false);
    assert.equal(await seen(MAIN.replace('./hidden', './private/hidden')), false);
  });

  it('never shows them through links', async () => {
    stage = await createContextStage({
      '.gitignore': 'real.ts\nfolder\n',
      'real.ts': SECRET,
      'folder/deep.ts': SECRET,
    });
    await writeFile(join(stage.workspace.root, 'outside.ts'), SECRET);
    await stage.workspace.link('real.ts', 'hidden.ts');
    assert.equal(await seen(), false);
    await stage.workspace.link(join(stage.workspace.root, 'outside.ts'), 'hidden.ts');
    assert.equal(await seen(), false);
    await stage.workspace.link('folder', 'linked');
    assert.equal(await seen(MAIN.replace('./hidden', './linked/deep')), false);
    stage.open({ 'hidden.ts': `new Hidden();\n${SECRET}` });
    assert.equal(await seen('new Hidden();\n█'), false);
  });

  it('never shows files outside of the workspace, whatever is imported', async () => {
    stage = await createContextStage({ 'main.ts': '' });
    await mkdir(join(stage.workspace.root, 'elsewhere'));
    await writeFile(join(stage.workspace.root, 'elsewhere/hidden.ts'), SECRET);
    assert.equal(await seen(MAIN.replace('./hidden', '../elsewhere/hidden')), false);
    assert.equal(await seen(MAIN.replace('./hidden.ts', join(stage.workspace.root, 'elsewhere/hidden.ts'))), false);
    await stage.workspace.write('tsconfig.json', '{ "compilerOptions": { "paths": { "~/*": ["../elsewhere/*"] } } }');
    assert.equal(await seen(MAIN.replace('./hidden', '~/hidden')), false);
    await stage.workspace.link(join(stage.workspace.root, 'elsewhere'), 'node_modules/pkg');
    assert.equal(await seen(MAIN.replace('./hidden.ts', 'pkg/hidden')), false);
  });

  it('never shows ignored files that others hand on or mention', async () => {
    stage = await createContextStage({
      '.reaperignore': 'hidden.ts\n',
      'hidden.ts': SECRET,
      'barrel.ts': "export * from './hidden.ts';\nexport { Hidden as H } from './hidden.ts';",
      'user.ts': "import { Hidden } from './hidden.ts';\nexport class User { hidden(): Hidden {} }",
    });
    assert.equal(await seen(MAIN.replace('./hidden', './barrel')), false);
    assert.equal(await seen("import { User } from './user.ts';\nnew User().hidden().█"), false);
  });

  it('is free of secrets where long lines and long values are cut', async () => {
    stage = await createContextStage({});
    const token = (seed: string): string => `ghp_${seed.repeat(36).slice(0, 36)}`;
    const secrets = ['aB3dE6', 'Zy8xW5', 'Qp2oI9'].map(token);
    await stage.workspace.write(
      'imported.ts',
      `export const imported = { first: 'x'.padEnd(10) + '${secrets[0]}', second: "${' '.repeat(20)}${secrets[1]}" };`,
    );
    stage.open({ 'tab.ts': `const likeThis = "${'y'.repeat(365)}"; // ${secrets[2]}\nconst likeThis = 1;` });
    const text = JSON.stringify(
      await stage.gather('main.ts', "import { imported } from './imported.ts';\nlikeThis; imported.█", {
        budgetTokens: 4_000,
      }),
    );
    assert.match(text, /tab\.ts/);
    assert.match(text, /second/);
    for (const secret of secrets) {
      assert.ok(!text.includes(secret.slice(4, 14)), text);
    }
  });

  it('is free of secrets of every kind, in signatures and windows, also across the edges of windows', async () => {
    stage = await createContextStage({});
    const kinds = [...TOKEN_KINDS, ...STANDALONE_KINDS, ...KEY_KINDS];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.integer({ min: 50, max: 62 }),
        fc.gen(),
        async ({ sample }, line, gen) => {
          const { text, core } = gen(() => sample);
          const filler = Array.from({ length: line }, (_, index) => `const likeThis${index} = similar(words);`).join(
            '\n',
          );
          await stage.workspace.write(
            'imported.ts',
            `export const imported = { value: \`${text}\` };\nexport type T = "${text}";`,
          );
          stage.open({ 'tab.ts': `${filler}\n${text}\n${filler}` });
          const snippets = await stage.gather(
            'main.ts',
            "import { imported, type T } from './imported.ts';\nconst likeThis1 = similar(words); imported.█",
            { budgetTokens: 4_000 },
          );
          assert.ok(snippets.some(({ path }) => path === 'tab.ts'));
          const all = snippets.map((snippet) => snippet.text).join('\n');
          for (const piece of core.split(/[^A-Za-z0-9+/=_-]+|\\n/)) {
            for (let at = 0; at + 10 <= piece.length; at++) {
              assert.ok(!all.includes(piece.slice(at, at + 10)), `${piece.slice(at, at + 10)} in\n${all}`);
            }
          }
        },
      ),
      { seed: 7, numRuns: 150 },
    );
  });
});
