/** What a user sees of the money: ghost text that costs something, what was spent, and a limit that nothing passes. */
import assert from 'node:assert/strict';
import { type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { assertNoErrorsOf, runCommand, screenshot, waitForStatus } from './commands.ts';
import { goToNewLastLine, openFile, typeForGhostText, typeText } from './editor.ts';
import { demoFolder, fromSources, REAPER, REAPER_STATUS, waitForReaper } from './reaper.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const WAIT_MS = 60_000;
const MODEL = 'qwen2.5-coder-7b';
/** Dollars per million tokens, so that one short completion is worth a line in the report. */
const PRICES = { [MODEL]: { input: 1000, output: 2000 } };

describe('ghost text that costs money', () => {
  let server: ModelServer;
  let workbench: Workbench;

  before(async () => {
    server = await startPaidServer();
    workbench = await openPaid(server, { 'reaper.budget.perDayUsd': 1000 });
  });

  after(async () => {
    await workbench?.close();
    await server?.close();
  });

  it('is counted: the status bar says what was spent today, Show Usage for what', async () => {
    await openFile(workbench, 'shop/suppliers.ts');
    await goToNewLastLine(workbench);
    await typeForGhostText(workbench, 'export const vat', /Rate = 0\.2;/);
    // 1,000 tokens in at a dollar a thousand, 10 out at two.
    await waitForStatus(workbench, REAPER_STATUS, /\$\d/);
    await runCommand(workbench, 'Reaper: Show Usage');
    const report = workbench.page.locator('.editor-group-container.active .monaco-editor .view-lines');
    await report.getByText('Usage').first().waitFor({ timeout: WAIT_MS });
    await report.getByText('completion').first().waitFor({ timeout: WAIT_MS });
    await report.getByText(MODEL).first().waitFor({ timeout: WAIT_MS });
    await screenshot(workbench, 'usage');
  });

  it('leaves no error in the console', () => {
    assertNoErrorsOf(workbench, REAPER);
  });
});

describe('a limit that is too low for the next request', () => {
  let server: ModelServer;
  let workbench: Workbench;

  before(async () => {
    server = await startPaidServer();
    workbench = await openPaid(server, { 'reaper.budget.perDayUsd': 0.000001 });
  });

  after(async () => {
    await workbench?.close();
    await server?.close();
  });

  it('lets nothing through, and says which limit it was', async () => {
    await openFile(workbench, 'shop/suppliers.ts');
    await goToNewLastLine(workbench);
    await typeText(workbench, 'export const vat');
    await waitForReaper(workbench, /a limit keeps requests from being sent/);
    await screenshot(workbench, 'budget-used-up');
    assert.deepEqual(
      server.requests.filter(({ method, body }) => method === 'POST' && body.includes('vat')),
      [],
    );
  });

  it('leaves no error in the console', () => {
    assertNoErrorsOf(workbench, REAPER);
  });
});

function openPaid(server: ModelServer, budget: Record<string, unknown>): Promise<Workbench> {
  return openWorkbench({
    extension: fromSources,
    template: demoFolder,
    settings: {
      'reaper.completion.providers': ['openai-compatible'],
      'reaper.providers.workspace.enabled': false,
      'reaper.prices.overrides': PRICES,
      ...budget,
    },
    machineSettings: {
      'reaper.providers.openai-compatible.baseUrl': `${server.url}/v1`,
      'reaper.providers.openai-compatible.completionModel': MODEL,
      'reaper.prices.overrides': PRICES,
      ...budget,
    },
  }).then(async (workbench) => {
    await waitForReaper(workbench, /Completes with/);
    return workbench;
  });
}

function startPaidServer(): Promise<ModelServer> {
  return startModelServer((exchange) => {
    const { request } = exchange;
    const json = { 'content-type': 'application/json' };
    if (request.method === 'POST' && request.path === '/v1/completions') {
      const { prompt } = JSON.parse(request.body) as { prompt?: string };
      if (prompt === undefined) {
        exchange.answer(400, json, JSON.stringify({ error: { message: 'prompt is missing' } }));
        return;
      }
      const text = prompt.includes('export const vat') ? 'Rate = 0.2;' : '';
      exchange.begin('text/event-stream');
      exchange.write(`data: ${JSON.stringify({ choices: [{ index: 0, text, finish_reason: null }] })}\n\n`);
      exchange.write(`data: ${JSON.stringify({ choices: [{ index: 0, text: '', finish_reason: 'stop' }] })}\n\n`);
      const usage = { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1010 };
      exchange.write(`data: ${JSON.stringify({ choices: [], usage })}\n\n`);
      exchange.write('data: [DONE]\n\n');
      exchange.end();
    } else if (request.path === '/v1/models') {
      exchange.answer(200, json, JSON.stringify({ object: 'list', data: [{ id: MODEL, object: 'model' }] }));
    } else {
      exchange.answer(404, json, '{}');
    }
  });
}
