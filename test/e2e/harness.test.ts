/** The harness itself, against an extension that behaves and misbehaves on command: what it reports can be believed. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { projectFolder } from '../../scripts/bootstrap/paths.mjs';
import { errorsOf, runCommand, screenshot, waitForStatus } from './commands.ts';
import {
  goTo,
  goToNewLastLine,
  openFile,
  pressKey,
  savedText,
  typeText,
  waitForGhostText,
  waitForNoGhostText,
} from './editor.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const PROBE = 'reaper-tests.probe';
const STATUS = `${PROBE}.probe.status`;

describe('the workbench harness', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench({
      extension: { type: 'development', folder: join(projectFolder, 'test/fixtures/probe-extension') },
      files: { 'src/a.ts': 'export const x = 1;\n', 'b.ts': 'call)\n' },
      settings: { 'editor.autoClosingBrackets': 'never' },
    });
    await waitForStatus(workbench, STATUS, 'probe idle');
  });

  after(() => workbench.close());

  it('reads ghost text in the line, and a Tab puts it into the file', async () => {
    await openFile(workbench, 'src/a.ts');
    await goToNewLastLine(workbench);
    await typeText(workbench, 'const probe');
    await waitForGhostText(workbench, " = 'ghost';");
    await screenshot(workbench, 'harness-ghost-text');
    await pressKey(workbench, 'Tab');
    await waitForNoGhostText(workbench);
    assert.equal(await savedText(workbench, 'src/a.ts'), "export const x = 1;\n\nconst probe = 'ghost';");
  });

  it('reads ghost text of several lines, blank ones included', async () => {
    await goToNewLastLine(workbench);
    await typeText(workbench, 'function many() {');
    await waitForGhostText(workbench, '\n  const one = 1;\n\n  return one;\n}');
    await pressKey(workbench, 'Escape');
    await waitForNoGhostText(workbench);
  });

  it('reads ghost text in the middle of a line', async () => {
    await openFile(workbench, 'b.ts');
    await goTo(workbench, 1, 5);
    await typeText(workbench, '(');
    await waitForGhostText(workbench, /^first, second/);
    await pressKey(workbench, 'Escape');
  });

  it('refuses proposed API to an extension that does not declare it', async () => {
    await runCommand(workbench, 'Probe: Use Proposed API');
    await waitForStatus(workbench, STATUS, 'probe refused');
  });

  it('sees a rejection that nobody handled', async () => {
    assert.deepEqual(
      errorsOf(workbench, PROBE).filter((text) => text.includes('on purpose')),
      [],
    );
    await runCommand(workbench, 'Probe: Reject Without Handler');
    await waitForStatus(workbench, STATUS, 'probe rejected');
    while (errorsOf(workbench, PROBE).every((text) => !text.includes('on purpose'))) {
      await workbench.page.waitForEvent('console');
    }
  });
});
