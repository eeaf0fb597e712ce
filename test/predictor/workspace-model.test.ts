import assert from 'node:assert/strict';
import { finish, learn, modelOf, predictAt, textAt } from './learned.ts';

const READER = `export function readConfig(path: string): Config {
  const text = readFileSync(path, 'utf8');
  if (text === '') {
    return emptyConfig;
  }
  return parseConfig(text);
}
`;
const COPIES = { 'a.ts': READER, 'b.ts': `// Another\n${READER}`, 'lib/c.ts': `let x;\n${READER}` };

describe('the embedded model', () => {
  it('completes a line that stood in the same place before', () => {
    const model = modelOf(COPIES);
    const document = 'export function readConfig(path: string): Config {\n  const text = █';
    assert.equal(textAt(model, 'new.ts', document), "readFileSync(path, 'utf8');");
  });

  it('says how sure it is: more of what it saw more often', () => {
    const model = modelOf(COPIES);
    const document = 'export function readConfig(path: string): Config {\n  █';
    const sure = predictAt(model, 'new.ts', document)?.confidence ?? 0;
    assert.ok(sure > 0.5 && sure < 1);
  });

  it('renames what is named otherwise here', () => {
    const visitor = (name: string): string =>
      `  visit${name}(node: ${name}): void {\n    this.enter(node);\n    this.depart${name}(node);\n  }\n`;
    const model = modelOf({ 'v.ts': ['Table', 'Figure', 'Section', 'Footnote'].map(visitor).join('') });
    const document = `${['Image', 'Caption'].map(visitor).join('')}  visitMarker(node: Marker): void {\n    this.enter(node);\n    █`;
    assert.equal(textAt(model, 'w.ts', document), 'this.departMarker(node);');
  });

  it('completes a word that has begun', () => {
    const model = modelOf(COPIES);
    const document = 'export function readConfig(path: string): Config {\n  const text = readFile█';
    assert.equal(textAt(model, 'new.ts', document), "Sync(path, 'utf8');");
  });

  it('goes on with further lines while it is sure', () => {
    const model = modelOf(COPIES);
    const document = 'export function readConfig(path: string): Config {\n  █';
    const text = textAt(model, 'new.ts', document, 4) ?? '';
    assert.ok(READER.includes(text));
    assert.ok(text.split('\n').length > 1 && text.split('\n').length <= 4);
  });

  it('indents further lines as the file is indented', () => {
    const model = modelOf(COPIES);
    const document =
      'function other() {\n\tone();\n\ttwo();\n}\nexport function readConfig(path: string): Config {\n\t█';
    assert.match(textAt(model, 'new.ts', document, 3) ?? '', /^const text.*\n\tif \(text/);
  });

  it('is silent about what it has never seen, and where nothing is learned', () => {
    assert.equal(textAt(modelOf(COPIES), 'new.ts', 'const unheard = █'), undefined);
    assert.equal(textAt(modelOf({}), 'new.ts', 'const █'), undefined);
    assert.equal(textAt(modelOf({}), 'new.ts', '█'), undefined);
  });

  it('never shows a lone bracket', () => {
    const model = modelOf(COPIES);
    const document = READER.replace('  }\n', '  █');
    assert.doesNotMatch(textAt(model, 'new.ts', document.slice(0, document.indexOf('█') + 1)) ?? 'x', /^\W*$/);
  });

  it('learns from the text above in the same file', () => {
    const above = "app.get('/users', requireLogin, async (request, response) => {\n".repeat(1);
    const document = `${above}  respond(response);\n});\n`.repeat(4) + "app.get('/users', requireLogin, █";
    assert.equal(textAt(modelOf({}), 'app.ts', document), 'async (request, response) => {');
  });
});

describe('the embedded model and the text after the cursor', () => {
  const start = 'export function readConfig(path: string): Config {\n  const text = ';

  it('is silent between words', () => {
    assert.equal(textAt(modelOf(COPIES), 'new.ts', `${start}█ + other;\n`), undefined);
  });

  it('leaves out brackets that are closed already', () => {
    assert.equal(textAt(modelOf(COPIES), 'new.ts', `${start}readFileSync(█)\n`), "path, 'utf8'");
    assert.equal(textAt(modelOf(COPIES), 'new.ts', `${start}readFileSync(█);\n`), "path, 'utf8'");
  });

  it('does not say again what the next line says', () => {
    assert.equal(
      textAt(
        modelOf(COPIES),
        'new.ts',
        `${start.trimEnd().slice(0, -'const text ='.length)}█\n  const text = readFileSync(path, 'utf8');\n`,
      ),
      undefined,
    );
  });

  it('uses of the same file, as it was learned, only what stands below', () => {
    const model = modelOf({ 'own.ts': `one();\ntwo(alpha);\nthree();\n${READER}four();\n` });
    assert.equal(textAt(model, 'own.ts', `one();\ntwo(█\nthree();\n${READER}four();\n`), undefined);
  });
});

describe('the embedded model and its files', () => {
  it('suggests nothing of a forgotten file', () => {
    const model = modelOf({ 'a.ts': READER });
    const document = 'export function readConfig(path: string): Config {\n  const text = █';
    assert.notEqual(textAt(model, 'new.ts', document), undefined);
    model.corpus.forget('a.ts');
    assert.equal(textAt(model, 'new.ts', document), undefined);
    finish(model.corpus.rebuild());
    assert.equal(textAt(model, 'new.ts', document), undefined);
  });

  it('suggests nothing while it is rebuilt, and the same as before afterwards', () => {
    const model = modelOf({ ...COPIES, 'gone.ts': 'other();\n' });
    const document = 'export function readConfig(path: string): Config {\n  const text = █';
    const before = textAt(model, 'new.ts', document);
    model.corpus.forget('gone.ts');
    const rebuild = model.corpus.rebuild();
    rebuild.next();
    assert.equal(textAt(model, 'new.ts', document), undefined);
    finish(rebuild);
    assert.equal(textAt(model, 'new.ts', document), before);
  });

  it('follows a file that changes', () => {
    const model = modelOf(COPIES);
    learn(model.corpus, {
      'a.ts': READER.replaceAll('readFileSync', 'loadText'),
      'b.ts': READER.replaceAll('readFileSync', 'loadText'),
      'lib/c.ts': '',
    });
    const document = 'export function readConfig(path: string): Config {\n  const text = █';
    assert.equal(textAt(model, 'new.ts', document), "loadText(path, 'utf8');");
  });
});
