/** Ghost text from a model that a server on this machine serves: over HTTP, through the router, into a real editor. */
import assert from 'node:assert/strict';
import { type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { assertNoErrorsOf, screenshot } from './commands.ts';
import { goTo, goToNewLastLine, openFile, pressKey, savedText, typeForGhostText, waitForGhostText } from './editor.ts';
import { REAPER, demoFolder, fromSources, waitForReaper } from './reaper.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

/** What the served model has learned by heart. */
const HEAD = 'export function greet(name: string): string {';
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
      files: { 'shop/greet.ts': `${HEAD}\n` },
      settings: {
        'reaper.completion.providers': ['llama.cpp'],
        'editor.autoClosingBrackets': 'never',
        'editor.detectIndentation': false,
        'editor.tabSize': 2,
      },
      machineSettings: { 'reaper.providers.llama.cpp.baseUrl': server.url },
    });
    await waitForReaper(workbench, /Completes with llama\.cpp/);
  });

  after(async () => {
    await workbench?.close();
    await server?.close();
  });

  it('shows the body of a function, over several lines, and Tab takes all of it', async () => {
    await openFile(workbench, 'shop/greet.ts');
    await goTo(workbench, 1, HEAD.length + 1);
    // VS Code adds the indentation.
    await pressKey(workbench, 'Enter');
    await waitForGhostText(workbench, BODY.trim());
    await screenshot(workbench, 'ghost-text-served-model');
    await pressKey(workbench, 'Tab');
    assert.ok((await savedText(workbench, 'shop/greet.ts')).startsWith(HEAD + BODY));
  });

  it('goes on with the lines that follow, as they are accepted', async () => {
    await openFile(workbench, 'shop/suppliers.ts');
    await goToNewLastLine(workbench);
    await typeForGhostText(workbench, 'export function gr', /^eet\(name: string\): string \{/);
    await pressKey(workbench, 'Tab');
    while (!(await savedText(workbench, 'shop/suppliers.ts')).endsWith(HEAD + BODY)) {
      await waitForGhostText(workbench, /./);
      await pressKey(workbench, 'Tab');
    }
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
  const whole = HEAD + BODY;
  const start = prefix.lastIndexOf('export function greet');
  const typed = start < 0 ? prefix.slice(prefix.lastIndexOf('\n') + 1) : prefix.slice(start);
  return whole.startsWith(typed) ? whole.slice(typed.length) : '';
}
