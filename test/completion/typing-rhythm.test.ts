/** The wait inside a word follows the user's own keys. */
import assert from 'node:assert/strict';
import { createTypingRhythm } from '../../src/completion/typing-rhythm.ts';

function rhythmOf(gaps: readonly number[]) {
  const rhythm = createTypingRhythm();
  let at = 0;
  rhythm.noteKey(at);
  for (const gap of gaps) {
    at += gap;
    rhythm.noteKey(at);
  }
  return { waitMs: rhythm.waitMs(at), later: (elapsedMs: number) => rhythm.waitMs(at + elapsedMs) };
}

describe('the typing rhythm', () => {
  it('waits a little longer than most gaps of this user', () => {
    const even = rhythmOf(Array<number>(30).fill(100)).waitMs;
    assert.ok(even > 100 && even < 150, `${even}`);
    assert.ok(rhythmOf(Array<number>(30).fill(45)).waitMs < 70);
  });

  it('never waits longer than 250 ms', () => {
    assert.equal(rhythmOf(Array<number>(30).fill(600)).waitMs, 250);
  });

  it('does not take pauses for rhythm', () => {
    const gaps = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? 80 : 5000));
    assert.ok(rhythmOf(gaps).waitMs < 110);
  });

  it('counts the wait from the last key', () => {
    const { later, waitMs } = rhythmOf(Array<number>(30).fill(100));
    assert.equal(later(40), waitMs - 40);
    assert.equal(later(4000), 0);
  });
});
