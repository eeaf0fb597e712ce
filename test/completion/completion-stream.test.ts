/** A request's text grows, survives an abort by whole lines, and never throws at its owner. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import { CompletionStream, type StreamSource } from '../../src/completion/completion-stream.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';

const newStream = () =>
  new CompletionStream({
    kind: 'main',
    anchor: { before: '', after: '', fromStart: true },
    providerId: 'served',
    startedAt: 0,
  });

async function* parts(...list: readonly (StreamPart | Error)[]): AsyncIterable<StreamPart> {
  for (const part of list) {
    await Promise.resolve();
    if (part instanceof Error) {
      throw part;
    }
    yield part;
  }
}

const source = (stream: AsyncIterable<StreamPart>, endOf: StreamSource['endOf'] = () => undefined): StreamSource => ({
  open: () => stream,
  endOf,
});
const text = (value: string): StreamPart => ({ type: 'text-delta', text: value });

describe('a completion stream', () => {
  it('normalises line breaks, split ones too', async () => {
    const stream = newStream();
    await stream.run(source(parts(text('a\r\nb\r'), text('\nc'), { type: 'finish', reason: 'stop' })));
    assert.equal(stream.text, 'a\nb\nc');
    assert.equal(stream.state, 'done');
  });

  it('drops the line that the token limit cut, unless it is the only one', async () => {
    const two = newStream();
    await two.run(source(parts(text('one();\ntw'), { type: 'finish', reason: 'length' })));
    assert.equal(two.text, 'one();');
    const one = newStream();
    await one.run(source(parts(text('one('), { type: 'finish', reason: 'length' })));
    assert.equal(one.text, 'one(');
  });

  it('stops reading where the end was found', async () => {
    let closed = false;
    const endless = (async function* () {
      try {
        for (;;) {
          yield text('line\n');
          await Promise.resolve();
        }
      } finally {
        closed = true;
      }
    })();
    const stream = newStream();
    await stream.run(source(endless, (raw) => (raw.length > 20 ? 20 : undefined)));
    assert.equal(stream.text.length, 20);
    assert.equal(closed, true);
  });

  it('keeps complete lines when it is aborted or cut', async () => {
    for (const end of [new ReaperError('cancelled', ''), new ReaperError('network', 'cut off')]) {
      const stream = newStream();
      await stream.run(source(parts(text('one();\ntw'), end)));
      assert.equal(stream.text, 'one();');
      assert.equal(stream.state, end.kind === 'cancelled' ? 'done' : 'failed');
      assert.equal(stream.problem?.kind, end.kind === 'cancelled' ? undefined : 'network');
    }
  });

  it('tells of its end once, and takes nothing after an abort', async () => {
    const stream = newStream();
    let ends = 0;
    stream.onProgress((grown) => (ends += grown.running ? 0 : 1));
    const run = stream.run(source(parts(text('a'), text('b'))));
    stream.abort();
    await run;
    assert.equal(stream.text, '');
    assert.equal(ends, 1);
  });
});
