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

/** Waits until the embedded model has learned files of the open workspace; screen readers are told, so tests are too. */
export async function waitForWorkspaceModel(workbench: Workbench): Promise<void> {
  await workbench.page.waitForFunction(
    (id) => /knows [1-9]\d* files/.test(document.getElementById(id)?.getAttribute('aria-label') ?? ''),
    REAPER_STATUS,
    { timeout: READY_TIMEOUT_MS },
  );
}
