import assert from 'node:assert/strict';
import type { ChatInput } from '../../src/router/model-request.ts';
import { withOwnReasoning } from '../../src/router/own-reasoning.ts';

const conversation: ChatInput = {
  type: 'chat',
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'From a.', origin: { providerId: 'a', signature: 'sa' } },
        { type: 'reasoning', text: 'From b.', origin: { providerId: 'b', signature: 'sb' } },
        { type: 'tool-call', id: '1', name: 'look', json: '{}', origin: { providerId: 'b', signature: 'sb' } },
        { type: 'text', text: 'Hello' },
      ],
    },
  ],
};

describe('what a model thought', () => {
  it('goes back to the provider that wrote it and to no other, signatures of tool calls included', () => {
    const { messages } = withOwnReasoning(conversation, 'a') as ChatInput;
    assert.deepEqual(messages[1], {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'From a.', origin: { providerId: 'a', signature: 'sa' } },
        { type: 'tool-call', id: '1', name: 'look', json: '{}' },
        { type: 'text', text: 'Hello' },
      ],
    });
    assert.ok(!JSON.stringify(withOwnReasoning(conversation, 'c')).includes('From'));
  });

  it('is not touched where there is nothing foreign', () => {
    const own: ChatInput = { type: 'chat', messages: conversation.messages.slice(0, 1) };
    assert.equal(withOwnReasoning(own, 'a'), own);
  });
});
