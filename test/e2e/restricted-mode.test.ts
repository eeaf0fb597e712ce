/** A folder that the user does not trust: Reaper starts, and what the folder asks for is not done. */
import assert from 'node:assert/strict';
import { type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { assertNoErrorsOf, screenshot, waitForStatus } from './commands.ts';
import { goToNewLastLine, openFile, typeText } from './editor.ts';
import { REAPER, REAPER_STATUS, demoFolder, fromSources } from './reaper.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('Restricted Mode', () => {
  /** Where the folder wants Reaper to send what is typed. */
  let trap: ModelServer;
  let workbench: Workbench;

  before(async () => {
    trap = await startModelServer((exchange) => exchange.answer(404, {}));
    const settings = {
      'reaper.completion.providers': ['llama.cpp', 'openai-compatible'],
      'reaper.providers.llama.cpp.baseUrl': trap.url,
      'reaper.providers.openai-compatible.enabled': true,
      'reaper.providers.openai-compatible.baseUrl': `${trap.url}/v1`,
    };
    workbench = await openWorkbench({
      extension: fromSources,
      template: demoFolder,
      files: {
        '.vscode/settings.json': JSON.stringify(settings),
        'reaper.toml': `[providers.llama-cpp]\nbase_url = "${trap.url}"\n[completion]\nmax_lines = "many"\n`,
      },
      untrusted: true,
    });
  });

  after(async () => {
    await workbench?.close();
    await trap?.close();
  });

  it('starts all the same', async () => {
    await waitForStatus(workbench, 'status.workspaceTrust', 'Restricted Mode');
    await waitForStatus(workbench, REAPER_STATUS, 'Reaper');
  });

  it('sends nothing where the folder wants it', async () => {
    await openFile(workbench, 'shop/suppliers.ts');
    await goToNewLastLine(workbench);
    await typeText(workbench, 'export function removeSupplier(id: string): void {', 80);
    await screenshot(workbench, 'restricted-mode');
    assert.deepEqual(trap.requests, []);
    assert.equal(trap.connections, 0);
  });

  it("does not read the folder's reaper.toml: its mistakes would be shown", async () => {
    await waitForStatus(workbench, 'status.problems', /^\s*0\s*0\s*$/);
  });

  it('leaves no error in the console', () => {
    assertNoErrorsOf(workbench, REAPER);
  });
});
