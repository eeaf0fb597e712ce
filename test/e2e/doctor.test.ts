/** What a user sees of the providers: the model picker with what is known of each, and the doctor's report. */
import assert from 'node:assert/strict';
import { type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { assertNoErrorsOf, runCommand, screenshot, waitForStatus } from './commands.ts';
import { demoFolder, fromSources, REAPER, waitForReaper } from './reaper.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const WAIT_MS = 60_000;
const ROW = '.quick-input-list .monaco-list-row';

describe('the providers, seen by their user', () => {
  let server: ModelServer;
  let workbench: Workbench;

  before(async () => {
    server = await startModelServer((exchange) => {
      const models = ['coder-large', 'coder-small'].map((id) => ({ id, object: 'model' }));
      const found = exchange.request.path === '/v1/models';
      exchange.answer(
        found ? 200 : 404,
        { 'content-type': 'application/json' },
        found ? JSON.stringify({ object: 'list', data: models }) : '{}',
      );
    });
    const gone = await startModelServer(() => undefined);
    await gone.close();
    workbench = await openWorkbench({
      extension: fromSources,
      template: demoFolder,
      files: { 'reaper.toml': '[completion]\nmax_lins = 3\n' },
      machineSettings: {
        'reaper.providers.openai-compatible.baseUrl': `${server.url}/v1`,
        'reaper.providers.llama.cpp.baseUrl': gone.url,
        'reaper.prices.overrides': { 'coder-small': { input: 0.1, output: 0.4 } },
      },
      settings: { 'reaper.prices.overrides': { 'coder-small': { input: 0.1, output: 0.4 } } },
    });
    await waitForReaper(workbench, /Completes with/);
  });

  after(async () => {
    await workbench?.close();
    await server?.close();
  });

  it('Select Model leads by keyboard from the purpose over the provider to a model with its price', async () => {
    const { page } = workbench;
    await runCommand(workbench, 'Reaper: Select Model…');
    await page.locator(ROW, { hasText: 'Ghost Text' }).waitFor({ timeout: WAIT_MS });
    await page.keyboard.press('Enter');
    await page.locator(ROW, { hasText: 'found by itself when it runs' }).first().waitFor({ timeout: WAIT_MS });
    await page.keyboard.type('OpenAI-compatible');
    await page.locator(`${ROW}.focused`, { hasText: 'OpenAI-compatible' }).waitFor({ timeout: WAIT_MS });
    await screenshot(workbench, 'select-provider');
    await page.keyboard.press('Enter');
    await page.locator(ROW, { hasText: '$0.1 in and $0.4 out per million tokens' }).waitFor({ timeout: WAIT_MS });
    await screenshot(workbench, 'select-model');
    // A screen reader reads the label of a row, so all that is shown is in it.
    const label = await page.locator(ROW, { hasText: 'coder-small' }).getAttribute('aria-label');
    assert.match(label ?? '', /coder-small.*\$0\.1 in/s);
    await page.keyboard.press('Escape');
  });

  it('Doctor names the server that is gone, the one that answers, and the mistake in reaper.toml', async () => {
    const { page } = workbench;
    await runCommand(workbench, 'Reaper: Doctor');
    const editor = page.locator('.editor-group-container.active .monaco-editor .view-lines');
    await editor.getByText('Reaper: Doctor').waitFor({ timeout: WAIT_MS });
    await editor.getByText('llama.cpp: needs attention').waitFor({ timeout: WAIT_MS });
    await editor.getByText('OpenAI-compatible server: ready').waitFor({ timeout: WAIT_MS });
    await waitForStatus(workbench, 'status.problems', '1');
    await screenshot(workbench, 'doctor');
  });

  it('leaves no error in the console', () => {
    assertNoErrorsOf(workbench, REAPER);
  });
});
