/** Finishing and syntax for the bench. */
import type { FindStreamEnd, Finish } from '../../src/completion/finish/finish.ts';
import { decideByText } from '../../src/completion/syntax/decide-by-text.ts';
import type { Syntax } from '../../src/completion/syntax/syntax.ts';

export const finish: Finish = (raw, done, context) => {
  const start = raw.length - raw.trimStart().length;
  const lineEnd = raw.indexOf('\n', start);
  if (context.mode === 'block') {
    const text = done ? raw : raw.slice(0, Math.max(0, raw.lastIndexOf('\n')));
    return text.trim() === '' && !done ? { type: 'wait' } : textOrNothing(text, done);
  }
  if (lineEnd < 0 && !done) {
    return { type: 'wait' };
  }
  return textOrNothing(lineEnd < 0 ? raw : raw.slice(0, lineEnd), true);
};

function textOrNothing(text: string, final: boolean): ReturnType<Finish> {
  return text.trim() === ''
    ? { type: 'nothing', rule: 'empty', reason: 'The answer was empty.' }
    : { type: 'text', text, final, consumed: text.length };
}

export const findStreamEnd: FindStreamEnd = (raw, _context, lookAheadLines) => {
  const lines = raw.split('\n');
  return lines.length > lookAheadLines + 1
    ? { cutAt: lines.slice(0, lookAheadLines + 1).join('\n').length, reason: 'max-lines' }
    : undefined;
};

/** Without the worker, whose answers come in real time. */
export const syntax: Syntax = {
  analyze: (query) => Promise.resolve(decideByText(query)),
  analyzeNow: decideByText,
  dispose: () => undefined,
};
