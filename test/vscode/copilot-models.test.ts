/** The adapter between the router's port and `vscode.lm`; that the real one is like this is seen in `test/e2e`. */
import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/event.ts';
import type { LanguageModelPart } from '../../src/router/language-models.ts';
import type { ChatInput } from '../../src/router/model-request.ts';
import type { CopilotModels } from '../../src/vscode/copilot-models.ts';
import { createFakeClock, type FakeClock } from '../fakes/fake-clock.ts';
import { fakeModel, LanguageModelTextPart, LanguageModelToolCallPart } from './fake-lm.ts';
import { useFakeVscode } from './use-fake-vscode.ts';

useFakeVscode();

const hello: ChatInput = { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }] };
const never = new AbortController().signal;

describe('the models that VS Code lends out', () => {
  let models: CopilotModels;
  let clock: FakeClock;
  let may: boolean | undefined;
  let accessChanged: Emitter<void>;

  beforeEach(async () => {
    const { createCopilotModels } = await import('../../src/vscode/copilot-models.ts');
    clock = createFakeClock();
    may = true;
    accessChanged = new Emitter<void>();
    Object.assign(fakeModel, { present: true, sent: [], selected: 0, parts: texts });
    models = createCopilotModels({ canSendRequest: () => may, onDidChange: accessChanged.event as never }, clock);
  });

  afterEach(() => models.dispose());

  async function* texts(): AsyncGenerator {
    yield new LanguageModelTextPart('Hello');
    yield { value: 'a part of a kind that nobody knows' };
    yield new LanguageModelToolCallPart('c1', 'read_file', { path: 'a' });
  }

  const send = async (input: ChatInput, signal = never): Promise<LanguageModelPart[]> => {
    const parts: LanguageModelPart[] = [];
    const request = { model: 'm1', input, options: { max_tokens: 9 }, justification: 'why' };
    for await (const part of models.send(request, signal)) parts.push(part);
    return parts;
  };

  it('are listed with what the user has said about them', async () => {
    for (const [said, access] of [
      [true, 'allowed'],
      [false, 'refused'],
      [undefined, 'not-asked'],
    ] as const) {
      may = said;
      assert.deepEqual(await models.list(), [{ id: 'm1', family: 'fake', access }]);
    }
  });

  it('answer with text and calls of tools, and are told the rest in the editor’s own words', async () => {
    const parts = await send({
      type: 'chat',
      system: 'Be brief.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image', mediaType: 'image/png', data: 'iVBORw==' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'hm', origin: { providerId: 'x', signature: undefined } },
            { type: 'tool-call', id: 'c0', name: 'read_file', json: '{"path":"a"}' },
            { type: 'tool-call', id: 'c9', name: 'read_file', json: '{"pa' },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'c0',
              toolName: 'read_file',
              content: [{ type: 'text', text: 'x' }],
              isError: true,
            },
          ],
        },
      ],
      tools: [
        { name: 'read_file', description: 'Reads.', inputSchema: { type: 'object' } },
        { name: 'other', description: 'Else.', inputSchema: { type: 'object' } },
      ],
      toolChoice: { name: 'read_file' },
    });
    assert.deepEqual(parts, [
      { type: 'text', text: 'Hello' },
      { type: 'tool-call', id: 'c1', name: 'read_file', input: { path: 'a' } },
    ]);
    const [sent] = fakeModel.sent;
    assert.deepEqual(JSON.parse(JSON.stringify(sent?.messages)), [
      { role: 'user', content: 'Be brief.' },
      { role: 'user', content: [{ value: 'look' }, { image: 'iVBORw==', mimeType: 'image/png' }] },
      {
        role: 'assistant',
        content: [
          { callId: 'c0', name: 'read_file', input: { path: 'a' } },
          { callId: 'c9', name: 'read_file', input: {} },
        ],
      },
      { role: 'user', content: [{ callId: 'c0', content: [{ value: 'The tool failed: ' }, { value: 'x' }] }] },
    ]);
    assert.deepEqual(sent?.options, {
      modelOptions: { max_tokens: 9 },
      justification: 'why',
      tools: [{ name: 'read_file', description: 'Reads.', inputSchema: { type: 'object' } }],
      toolMode: 'required',
    });
  });

  it('stop when they are left or aborted', async () => {
    fakeModel.parts = async function* (token) {
      yield new LanguageModelTextPart('Hello');
      await new Promise<void>((resolve) => token.onCancellationRequested(resolve));
    };
    const request = { model: 'm1', input: hello, options: {}, justification: '' };
    for await (const _part of models.send(request, never)) break;
    assert.equal(fakeModel.sent[0]?.token.isCancellationRequested, true);
    const abort = new AbortController();
    for await (const _part of models.send(request, abort.signal)) abort.abort();
    assert.equal(fakeModel.sent[1]?.token.isCancellationRequested, true);
    assert.equal(await models.countTokens('m1', 'four', never), 4);
  });

  it('are not there when they have gone', async () => {
    fakeModel.present = false;
    assert.deepEqual(await models.list(), []);
    await assert.rejects(send(hello), { code: 'NotFound' });
  });

  it('tell when consent or the models change, and only then', async () => {
    let changes = 0;
    models.onDidChange(() => changes++);
    fakeModel.modelsChanged.fire();
    await clock.advance(1000);
    assert.deepEqual([changes, fakeModel.selected], [0, 0], 'nobody has asked yet');
    await models.list();
    fakeModel.present = false;
    fakeModel.modelsChanged.fire();
    await clock.advance(1000);
    assert.equal(changes, 1);
    may = undefined;
    accessChanged.fire();
    assert.equal(changes, 2);
  });

  it('are looked at less and less often where looking at them makes VS Code say that they changed', async () => {
    let changes = 0;
    models.onDidChange(() => changes++);
    await models.list();
    for (let minute = 0; minute < 10; minute++) {
      for (let second = 0; second < 60; second++) {
        fakeModel.modelsChanged.fire();
        await clock.advance(1000);
      }
    }
    assert.equal(changes, 0);
    assert.ok(fakeModel.selected < 20, `${fakeModel.selected} looks in ten minutes`);
  });
});
