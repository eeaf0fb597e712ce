import assert from 'node:assert/strict';
import { createRecordingLogger } from '../fakes/recording-logger.ts';
import { useFakeVscode } from './use-fake-vscode.ts';

useFakeVscode();
const { createUriRedirects } = await import('../../src/vscode/sign-in/uri-redirect.ts');
const { uriHandlers } = await import('./fake-vscode.ts');

const STATE = 'state-of-this-sign-in';

describe('the answer of a sign-in through the editor', () => {
  const logger = createRecordingLogger();
  const { signal } = new AbortController();
  let redirects: ReturnType<typeof createUriRedirects>;

  beforeEach(() => {
    logger.lines.length = 0;
    redirects = createUriRedirects('reaper.reaper', logger);
  });
  afterEach(() => {
    redirects.dispose();
    assert.equal(uriHandlers.size, 0);
  });

  /** As VS Code does for whoever opens an address of ours; it decodes the query. */
  const open = (query: string, path = '/signed-in'): void => {
    for (const handler of uriHandlers) {
      handler.handleUri({ path, query });
    }
  };

  it('goes to the address of this editor, whatever its scheme', async () => {
    const receiver = await redirects.open();
    assert.equal(receiver.redirectUri, 'code-fake://reaper.reaper/signed-in');
  });

  it('is told by its state, and its code kept to the letter', async () => {
    const [one, other] = [await redirects.open(), await redirects.open()];
    const answers = [one.receive(STATE, signal), other.receive('other', signal)];
    open('code=4/0A+b=c&state=other');
    open(`code=first&state=${STATE}`);
    const [first, second] = await Promise.all(answers);
    assert.equal(first?.searchParams.get('code'), 'first');
    assert.equal(second?.searchParams.get('code'), '4/0A+b=c');
  });

  it('is not what another extension or a page makes up, and the log does not repeat that', async () => {
    open(`code=evil&state=${STATE}`);
    const receiver = await redirects.open();
    const answer = receiver.receive(STATE, signal);
    for (const query of [
      'code=evil',
      'code=evil&state=guessed',
      `code=evil&state=${STATE}&state=other`,
      `code=evil&state=${STATE.toUpperCase()}`,
      `code=${'evil'.repeat(10_000)}&state=${STATE}`,
      '',
    ]) {
      open(query);
    }
    open(`code=evil&state=${STATE}`, '/elsewhere');
    open(`code=good&state=${STATE}`);
    open(`code=evil&state=${STATE}`);
    assert.equal((await answer).searchParams.get('code'), 'good');
    assert.equal(logger.lines.length, 9);
    assert.doesNotMatch(logger.lines.join(), /evil|good|state-of/);
  });

  it('is not waited for any more when the sign-in was given up or is over', async () => {
    const controller = new AbortController();
    const receiver = await redirects.open();
    const answer = receiver.receive(STATE, controller.signal);
    controller.abort();
    await assert.rejects(answer, { kind: 'cancelled' });
    receiver.dispose();
    open(`code=late&state=${STATE}`);
    assert.equal(logger.lines.length, 1);
  });
});
