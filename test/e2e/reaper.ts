/** Reaper in a running workbench: where it comes from, when it is ready. */
import { join } from 'node:path';
import { projectFolder } from '../../scripts/bootstrap/paths.mjs';
import type { ExtensionSource, Workbench } from './workbench.ts';

export const REAPER = 'reaper.reaper';
export const REAPER_STATUS = `${REAPER}.status`;

/** The extension of this checkout, as the build has left it. */
export const fromSources: ExtensionSource = { type: 'development', folder: projectFolder };

export const demoFolder = join(projectFolder, 'demo');

const READY_TIMEOUT_MS = 60_000;

/** Waits until the embedded model has learned files of the open workspace. */
export async function waitForWorkspaceModel(workbench: Workbench): Promise<void> {
  await waitForReaper(workbench, /knows [1-9]\d* files/);
}

/** Waits until the status bar item says something of the kind; screen readers are told, so tests are too. */
export async function waitForReaper(workbench: Workbench, says: RegExp): Promise<void> {
  await workbench.page.waitForFunction(
    ({ id, pattern }) => new RegExp(pattern).test(document.getElementById(id)?.getAttribute('aria-label') ?? ''),
    { id: REAPER_STATUS, pattern: says.source },
    { timeout: READY_TIMEOUT_MS },
  );
}
