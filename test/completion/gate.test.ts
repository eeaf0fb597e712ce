/** Where ghost text is wanted, by the file and by the place. */
import assert from 'node:assert/strict';
import { type GateFacts, fileGate, placeGate } from '../../src/completion/gate.ts';
import { situationAt } from '../../src/completion/situation.ts';
import type { SyntaxFacts } from '../../src/completion/syntax/syntax.ts';
import { DEFAULT_SETTINGS, EditorHarness } from './editor-harness.ts';

const CODE: SyntaxFacts = { mode: 'line', scope: 'code', source: 'indentation' };

/** `█` marks the cursor. */
function isOpen(text: string, scope: SyntaxFacts['scope'] = 'code', settings = DEFAULT_SETTINGS): boolean {
  const { document, position } = new EditorHarness({ text });
  return placeGate(situationAt(document, position), { ...CODE, scope }, settings).type === 'open';
}

describe('the gate of a place', () => {
  it('is open behind words and before closers, closed before the rest of a word', () => {
    assert.ok(isOpen('foo█') && isOpen('foo(█);') && isOpen('foo█ bar'));
    for (const text of ['fo█o', 'a = █b', 'na█ïve', '█_x', '█$x', '█9']) {
      assert.ok(!isOpen(text), text);
    }
  });

  it('is closed before much text of the line, whatever the next lines hold', () => {
    assert.ok(!isOpen(`a = █ ${'+ b'.repeat(20)}`));
    assert.ok(isOpen(`a = █\n${'+ b'.repeat(20)}`));
  });

  it('follows the settings for comments and strings', () => {
    assert.ok(isOpen('// █', 'comment') && isOpen('"█', 'string'));
    assert.ok(!isOpen('// █', 'comment', { ...DEFAULT_SETTINGS, inComments: false }));
    assert.ok(!isOpen('"█', 'string', { ...DEFAULT_SETTINGS, inStrings: false }));
  });
});

describe('the gate of a file', () => {
  it('prefers what is said of a language to what is said of all', () => {
    const facts: GateFacts = {
      settings: { ...DEFAULT_SETTINGS, languages: { '*': false, go: true } },
      languageId: 'go',
      snoozed: false,
      disabledBy: undefined,
      mayRead: { allowed: true },
    };
    assert.equal(fileGate(facts).type, 'open');
    assert.equal(fileGate({ ...facts, languageId: 'rust' }).type, 'closed');
    assert.equal(fileGate({ ...facts, settings: { ...DEFAULT_SETTINGS, languages: {} } }).type, 'open');
  });
});
