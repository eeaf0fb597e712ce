/** A conversation with everything in it: an image, thoughts, several tool calls at once, and what the tools answered. */
import type { ChatInput, ToolDefinition } from '../../../src/router/model-request.ts';

export const readFile: ToolDefinition = {
  name: 'read_file',
  description: 'Reads a file.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

/** One pixel. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

/** As it stands after `providerId` has called two tools, of which one failed and the other one took a picture. */
export function conversation(providerId: string, signature: string | undefined): ChatInput {
  return {
    type: 'chat',
    system: 'Be kind.',
    tools: [readFile],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', mediaType: 'image/png', data: PNG },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Two files.', origin: { providerId, signature } },
          { type: 'text', text: 'I look.' },
          { type: 'tool-call', id: 'call_Ab1', name: 'read_file', json: '{"path":"a.ts"}' },
          { type: 'tool-call', id: 'toolu_016Zk', name: 'read_file', json: '{"path":' },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'call_Ab1',
            toolName: 'read_file',
            content: [
              { type: 'text', text: 'const a = 1;' },
              { type: 'image', mediaType: 'image/png', data: PNG },
            ],
            isError: false,
          },
          {
            type: 'tool-result',
            toolCallId: 'toolu_016Zk',
            toolName: 'read_file',
            content: [{ type: 'text', text: 'Not JSON.' }],
            isError: true,
          },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
    ],
  };
}
