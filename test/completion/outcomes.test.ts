/** What became of a suggestion, told from edits and commands alone. */
import assert from 'node:assert/strict';
import { createOutcomes } from '../../src/completion/outcomes.ts';
import type { DocumentView } from '../../src/editor/document.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';

const document: DocumentView = {
  uri: 'file:///a.ts',
  path: '/a.ts',
  languageId: 'typescript',
  version: 1,
  eol: '\n',
  lineCount: 1,
  lineAt: () => 'compute(alpha);',
};
const at = { line: 0, character: 0 };

function watch() {
  const clock = createFakeClock();
  const outcomes = createOutcomes(clock);
  const seen: string[] = [];
  outcomes.onOutcome(({ outcome }) => seen.push(outcome));
  const shown = (id: string, text: string) =>
    outcomes.shown({ id, uri: document.uri, providerId: 'served', text, document, line: 0 });
  const typed = (text: string, cause: 'typing' | 'undo' = 'typing') =>
    outcomes.changed({ document, edits: [{ range: { start: at, end: at }, text }], cause });
  return { clock, outcomes, seen, shown, typed };
}

describe('outcomes', () => {
  it('count a text that is typed through as one suggestion', () => {
    const { seen, shown, typed } = watch();
    shown('1', 'compute();');
    typed('c');
    shown('2', 'ompute();');
    typed('o');
    shown('3', 'mpute();');
    assert.deepEqual(seen, ['shown']);
  });

  it('know an accepted text by its own line breaks, whatever those of the document are', () => {
    const { outcomes, seen, shown, typed } = watch();
    shown('1', 'one();\ntwo();');
    typed('  one();\r\ntwo();');
    outcomes.accepted('1');
    assert.deepEqual(seen, ['shown', 'accepted']);
  });

  it('tell an accepted word from typing', () => {
    const { seen, shown, typed } = watch();
    shown('1', 'compute(alpha);');
    typed('compute');
    assert.deepEqual(seen, ['shown', 'partly-accepted']);
  });

  it('call it rejected when something else is typed, once', () => {
    const { seen, shown, typed } = watch();
    shown('1', 'compute(alpha);');
    typed('x');
    typed('y');
    assert.deepEqual(seen, ['shown', 'rejected']);
  });

  it('judge nothing by an undo or a deletion', () => {
    const { seen, shown, typed } = watch();
    shown('1', 'compute(alpha);');
    typed('', 'typing');
    shown('2', 'compute(beta);');
    typed('zzz', 'undo');
    assert.deepEqual(seen, ['shown', 'shown']);
  });

  it('ignore ids that are unknown or already judged', () => {
    const { outcomes, seen, shown } = watch();
    shown('1', 'a();');
    outcomes.accepted('1');
    outcomes.accepted('1');
    outcomes.rejected('other');
    assert.deepEqual(seen, ['shown', 'accepted']);
  });

  it('stop watching when they are disposed', () => {
    const { clock, outcomes, shown } = watch();
    shown('1', 'compute(alpha);');
    outcomes.accepted('1');
    assert.equal(clock.pendingTimers, 2);
    outcomes.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});
