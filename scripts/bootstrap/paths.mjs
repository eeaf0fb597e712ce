// @ts-check
/** Where things are in this checkout. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
export const toolchainFolder = join(projectFolder, 'scripts', 'toolchain');
export const resultsFolder = join(projectFolder, 'test-results');
