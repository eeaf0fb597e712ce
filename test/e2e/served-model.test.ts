/** Ghost text from a model that a server on this machine serves: over HTTP, through the router, into a real editor. */
import assert from 'node:assert/strict';
import { type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { assertNoErrorsOf, screenshot } from './commands.ts';
import { goToNewLastLine, openFile, pressKey, savedText, typeForGhostText } from './editor.ts';
import { REAPER, demoFolder, fromSources } from './reaper.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

/** What the served model has learned by heart. */
const FUNCTION = 'export function greet(name: string): string {';
const BODY = '\n  return `Hello, ${name}!`;\n}';

describe('a served model in the editor', () => {
  let server: ModelServer;
  let workbench: Workbench;

  before(async () => {
    server = await startModelServer((exchange) => {
      const { request } = exchange;
      const json = { 'content-type': 'application/json' };
      if (request.method === 'POST' && request.path === '/infill') {
        exchange.begin('text/event-stream');
        const { input_prefix: prefix = '', prompt = '' } = JSON.parse(request.body) as {
          input_prefix?: string;
          prompt?: string;
        };
        const text = continuation(prefix + prompt);
        exchange.write(`data: ${JSON.stringify({ content: text, stop: false })}\n\n`);
        exchange.write(`data: ${JSON.stringify({ content: '', stop: true, stop_type: 'eos' })}\n\n`);
        exchange.end();
      } else if (request.path === '/props') {
        exchange.answer(200, json, JSON.stringify({ total_slots: 1, model_path: 'greeter.gguf' }));
      } else if (request.path === '/health') {
        exchange.answer(200, json, JSON.stringify({ status: 'ok' }));
      } else if (request.path === '/v1/models') {
        exchange.answer(200, json, JSON.stringify({ object: 'list', data: [{ id: 'greeter', object: 'model' }] }));
      } else {
        exchange.answer(404, json, '{}');
      }
    });
    workbench = await openWorkbench({
      extension: fromSources,
      template: demoFolder,
      settings: { 'reaper.completion.providers': ['llama.cpp'], 'editor.autoClosingBrackets': 'never' },
      machineSettings: { 'reaper.providers.llama.cpp.baseUrl': server.url },
    });
    await openFile(workbench, 'shop/suppliers.ts');
  });

  after(async () => {
    await workbench?.close();
    await server?.close();
  });

  it('shows what the model answers, over several lines, and Tab takes it', async () => {
    await goToNewLastLine(workbench);
    await typeForGhostText(workbench, FUNCTION, BODY);
    await screenshot(workbench, 'ghost-text-served-model');
    await pressKey(workbench, 'Tab');
    assert.ok((await savedText(workbench, 'shop/suppliers.ts')).endsWith(FUNCTION + BODY));
  });

  it('has asked the server to fill the hole', () => {
    assert.ok(server.requests.some(({ path }) => path === '/infill'));
  });

  it('leaves no error in the console', () => {
    assertNoErrorsOf(workbench, REAPER);
  });
});

/** What is missing of the function after a prefix that ends within it. */
function continuation(prefix: string): string {
  const whole = FUNCTION + BODY;
  const start = prefix.lastIndexOf('export function greet');
  const typed = start < 0 ? prefix.slice(prefix.lastIndexOf('\n') + 1) : prefix.slice(start);
  return whole.startsWith(typed) ? whole.slice(typed.length) : '';
}
