/** The user's own `reaper.toml`, in a folder that does not exist when the editor starts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertNoErrorsOf, waitForStatus } from './commands.ts';
import { demoFolder, fromSources, REAPER, waitForReaper } from './reaper.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

describe("the user's reaper.toml", () => {
  let config: string;
  let workbench: Workbench;

  before(async () => {
    config = mkdtempSync(join(tmpdir(), 'reaper-config-'));
    workbench = await openWorkbench({
      extension: fromSources,
      template: demoFolder,
      env: { XDG_CONFIG_HOME: config },
    });
    await waitForReaper(workbench, /Completes with/);
  });

  after(async () => {
    await workbench?.close();
    rmSync(config, { recursive: true, force: true });
  });

  it('is noticed when it is made, put right and removed, folder and all', async () => {
    const folder = join(config, 'reaper');
    mkdirSync(folder);
    writeFileSync(join(folder, 'reaper.toml'), '[completion]\nmax_lines = "many"\n');
    await waitForStatus(workbench, 'status.problems', /^\s*1\s*0\s*$/);
    writeFileSync(join(folder, 'reaper.toml'), '[completion]\nmax_lines = 2\n');
    await waitForStatus(workbench, 'status.problems', /^\s*0\s*0\s*$/);
    writeFileSync(join(folder, 'reaper.toml'), 'max_lines = \n');
    await waitForStatus(workbench, 'status.problems', /^\s*1\s*0\s*$/);
    rmSync(folder, { recursive: true });
    await waitForStatus(workbench, 'status.problems', /^\s*0\s*0\s*$/);
  });

  it('leaves no error in the console', () => {
    assertNoErrorsOf(workbench, REAPER);
  });
});

describe("a user's reaper.toml that is there already", () => {
  let config: string;
  let workbench: Workbench;

  before(async () => {
    config = mkdtempSync(join(tmpdir(), 'reaper-config-'));
    mkdirSync(join(config, 'reaper'));
    writeFileSync(join(config, 'reaper', 'reaper.toml'), '[completion]\nmax_lines = "many"\n');
    workbench = await openWorkbench({
      extension: fromSources,
      template: demoFolder,
      env: { XDG_CONFIG_HOME: config },
    });
  });

  after(async () => {
    await workbench?.close();
    rmSync(config, { recursive: true, force: true });
  });

  it('is read before Reaper has started, and its mistake is shown', async () => {
    await waitForReaper(workbench, /Completes with/);
    await waitForStatus(workbench, 'status.problems', /^\s*1\s*0\s*$/);
  });

  it('leaves no error in the console', () => {
    assertNoErrorsOf(workbench, REAPER);
  });
});
