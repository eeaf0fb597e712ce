/** What is sent: a window that stays where it is, within its budget, without secrets, with what is taken as typed. */
import assert from 'node:assert/strict';
import { createPrivacyOfText } from '../fakes/text-privacy.ts';
import { PrefixWindow, buildPrompt, contextTokens } from '../../src/completion/prompt.ts';
import { situationAt, situationOf } from '../../src/completion/situation.ts';
import type { DocumentView, Position } from '../../src/editor/document.ts';
import type { FimInput } from '../../src/router/model-request.ts';

const documentOf = (text: string): DocumentView & { reads: number } => {
  const lines = text.split('\n');
  return {
    uri: 'file:///a.ts',
    path: '/a.ts',
    languageId: 'typescript',
    version: 1,
    eol: '\n',
    lineCount: lines.length,
    reads: 0,
    lineAt(line) {
      this.reads++;
      return lines[line] ?? '';
    },
  };
};

const OPTIONS = { path: 'a.ts', promptTokens: 400, snippets: [], assumed: '' };
const PREFIX_BUDGET = 400 * 0.45 * 3.5;
const SUFFIX_BUDGET = 400 * 0.15 * 3.5;

/** `█` marks the cursor. */
function promptOf(marked: string, options: Partial<typeof OPTIONS> = {}, window = new PrefixWindow()): FimInput {
  const lines = marked.slice(0, marked.indexOf('█')).split('\n');
  const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  const situation = situationAt(documentOf(marked.replace('█', '')), position);
  return buildPrompt(situation, window, createPrivacyOfText(), { ...OPTIONS, ...options });
}

describe('the window of the prefix', () => {
  const LINE = 'const value = compute(alpha);';

  it('stays at its line while the user types on, and moves rarely', () => {
    const window = new PrefixWindow();
    const document = documentOf(`${LINE}\n`.repeat(500));
    const starts = new Set<number>();
    for (let line = 200; line < 260; line++) {
      const start = window.startLine(document, { line, character: 0 }, 1500);
      assert.ok((line - start) * (LINE.length + 1) <= 1500);
      starts.add(start);
    }
    assert.ok(starts.size <= 5, `moved ${starts.size} times in 60 lines`);
  });

  it('goes back with a cursor that goes up', () => {
    const window = new PrefixWindow();
    const document = documentOf(`${LINE}\n`.repeat(500));
    window.startLine(document, { line: 400, character: 0 }, 1500);
    const start = window.startLine(document, { line: 100, character: 0 }, 1500);
    assert.ok(start < 100 && (100 - start) * (LINE.length + 1) >= 900);
    assert.equal(window.startLine(document, { line: 20, character: 0 }, 1500), 0);
  });
});

describe('the prompt', () => {
  it('keeps its budget, with long lines too', () => {
    const long = 'word '.repeat(120);
    for (const text of [`${long}\n`.repeat(4) + '█' + `${long}\n`.repeat(4), `${long}█${long}`, `${long}\n${long}█`]) {
      const { prefix, suffix } = promptOf(text);
      assert.ok(prefix.length <= PREFIX_BUDGET, `${prefix.length} characters before`);
      assert.ok(suffix.length <= SUFFIX_BUDGET, `${suffix.length} characters behind`);
    }
    assert.equal(contextTokens(1000), 400);
  });

  it('reads some hundred lines of a large file', () => {
    const document = documentOf('const value = compute(alpha);\n'.repeat(50_000));
    const situation = situationAt(document, { line: 25_000, character: 5 });
    buildPrompt(situation, new PrefixWindow(), createPrivacyOfText(), { ...OPTIONS, promptTokens: 2500 });
    assert.ok(document.reads < 1500, `${document.reads} lines were read`);
  });

  it('never splits a surrogate pair', () => {
    for (let shift = 0; shift < 2; shift++) {
      const { prefix, suffix } = promptOf(
        `${'a'.repeat(shift)}${'😀'.repeat(500)}█${'a'.repeat(shift)}${'😀'.repeat(500)}`,
      );
      assert.ok(prefix.isWellFormed() && suffix.isWellFormed());
      assert.ok(prefix.length > 600 && suffix.length > 200);
    }
  });

  it('keeps empty lines at the start of the document', () => {
    assert.equal(promptOf('\n█').prefix, '\n');
    assert.equal(promptOf('\n\na\n█').prefix, '\n\na\n');
  });

  it('puts what is looked ahead of behind the text', () => {
    assert.equal(promptOf('a();\n█\nz();', { assumed: 'b();\nc();' }).prefix, 'a();\nb();\nc();');
  });

  it('puts the selected entry in place of what it replaces, on both sides', () => {
    const position: Position = { line: 0, character: 6 };
    const situation = situationOf({
      document: documentOf('x = col;'),
      position,
      trigger: 'automatic',
      selectedEntry: { range: { start: { line: 0, character: 4 }, end: { line: 0, character: 7 } }, text: 'console' },
    });
    assert.ok(situation);
    const { prefix, suffix } = buildPrompt(situation, new PrefixWindow(), createPrivacyOfText(), OPTIONS);
    assert.deepEqual({ prefix, suffix }, { prefix: 'x = console', suffix: ';' });
  });
});

describe('a secret', () => {
  const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;

  it('is not sent when the cursor stands in it', () => {
    const { prefix, suffix } = promptOf(`const t = "${TOKEN.slice(0, 12)}█${TOKEN.slice(12)}";`);
    assert.ok(!prefix.includes(TOKEN.slice(0, 12)), prefix);
    assert.ok(!suffix.includes(TOKEN.slice(20, 36)), suffix);
  });

  it('is not sent when an edge of the window cuts it', () => {
    const body = Array.from(
      { length: 30 },
      (_, at) => `${at % 10}nobodyMaySee0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2yZ3aB4cD5eF6gH7iJ`,
    ).join('\n');
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`;
    const { prefix } = promptOf(`${key}\nconst a = █`);
    assert.doesNotMatch(prefix, /nobodyMaySee/);
    const { suffix } = promptOf(`const a = █;\n${key}`);
    assert.doesNotMatch(suffix, /nobodyMaySee/);
  });

  it('is not sent as text that is looked ahead of', () => {
    assert.ok(!promptOf('const t = █', { assumed: `"${TOKEN}"` }).prefix.includes(TOKEN));
  });
});
