/** What the streams of a document say about a place, all of them together. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import { anchorAt } from '../../src/completion/agreement.ts';
import { type FinishAt, StreamCache } from '../../src/completion/cache.ts';
import { CompletionStream, type StreamKind } from '../../src/completion/completion-stream.ts';
import { situationAt } from '../../src/completion/situation.ts';
import { EditorHarness } from './editor-harness.ts';

const finish: FinishAt = (stream, raw) =>
  raw.trim() !== ''
    ? { type: 'text', text: raw, final: true, consumed: raw.length }
    : stream.running
      ? { type: 'wait' }
      : { type: 'nothing', rule: 'empty', reason: 'The answer was empty.' };

const at = (text: string) => {
  const { document, position } = new EditorHarness({ text: `${text}█` });
  return situationAt(document, position);
};

/** A stream that was asked for behind `before` and has said `text`. */
function streamOf(before: string, text: string, state: CompletionStream['state'], kind: StreamKind = 'main') {
  const stream = new CompletionStream({ kind, anchor: anchorAt(at(before)), providerId: kind, startedAt: 0 });
  stream.text = text;
  stream.state = state;
  return stream;
}

function look(place: string, streams: readonly CompletionStream[], shown?: CompletionStream) {
  const cache = new StreamCache();
  for (const stream of streams) {
    cache.add(stream);
  }
  return cache.look(at(place), shown, finish);
}

describe('the streams of a document', () => {
  it('are asked newest first, but what is shown comes before them', () => {
    const [old, young] = [streamOf('a', ' = 1', 'done'), streamOf('a', ' = 2', 'done')];
    const textOf = (shown?: CompletionStream) => {
      const answer = look('a', [old, young], shown);
      return answer.type === 'ready' ? answer.text : answer.type;
    };
    assert.equal(textOf(), ' = 2');
    assert.equal(textOf(old), ' = 1');
  });

  it('offer the embedded answer only as long as no other is there', () => {
    const instant = streamOf('a', ' = 0', 'done', 'instant');
    const waiting = look('a', [instant, streamOf('a', '', 'running')]);
    assert.ok(waiting.type === 'waiting' && waiting.instant?.text === ' = 0');
    const ready = look('a', [streamOf('a', ' = 1', 'done'), instant], instant);
    assert.ok(ready.type === 'ready' && ready.text === ' = 1');
    const only = look('a', [streamOf('a', '', 'done'), instant]);
    assert.ok(only.type === 'ready' && only.text === ' = 0');
  });

  it('know where there is nothing, and do not know what comes behind their last words', () => {
    assert.equal(look('a', [streamOf('a', ' ', 'done')]).type, 'nothing');
    assert.equal(look('a = 1', [streamOf('a', ' = 1', 'done')]).type, 'unknown');
    assert.equal(look('a = 1', [streamOf('a', ' = 1', 'running')]).type, 'waiting');
  });

  it('speak of an error at its place only, until it is forgotten', () => {
    const failed = streamOf('a', '', 'failed');
    failed.problem = new ReaperError('network', 'Served cannot be reached.');
    const answer = look('a', [failed]);
    assert.ok(answer.type === 'nothing' && answer.reason === 'Served cannot be reached.');
    assert.equal(look('ab', [failed]).type, 'unknown');
    assert.equal(look('a', [streamOf('a', '', 'failed')]).type, 'unknown', 'aborted, not failed');
    const cache = new StreamCache();
    cache.add(failed);
    cache.forgetFailed();
    assert.equal(cache.all.length, 0);
  });

  it('are bounded in number; the oldest is aborted', () => {
    const cache = new StreamCache();
    const first = streamOf('a', '', 'running');
    cache.add(first);
    for (let count = 0; count < 40; count++) {
      cache.add(streamOf('a', 'x', 'done'));
    }
    assert.equal(cache.all.length, 30);
    assert.equal(first.running, false);
  });
});
