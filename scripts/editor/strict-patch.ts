/** Gives back to the VS Code server the check of proposed API that code-server takes out. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../bootstrap/progress.mjs';

/** The bundles that hold the check: the page, and the two kinds of extension host. */
const BUNDLES = [
  'out/vs/code/browser/workbench/workbench.js',
  'out/vs/workbench/api/node/extensionHostProcess.js',
  'out/vs/workbench/api/worker/extensionHostWorkerMain.js',
];

/** The message of the check stands right after the function that was made to say yes. */
const MESSAGE = 'CANNOT use API proposal: ${';
const ALWAYS_TRUE = /function ([\w$]+)\(([\w$]+),([\w$]+)\)\{return!0\}/g;

/** `vscodeFolder` must be a copy of the server's `lib/vscode`. */
export function gateProposedApi(vscodeFolder: string): void {
  for (const bundle of BUNDLES) {
    const file = join(vscodeFolder, bundle);
    const patched = gateInSource(readFileSync(file, 'utf8'), bundle);
    // A new file, because the old one may be a hard link to the original.
    writeFileSync(`${file}.strict`, patched);
    renameSync(`${file}.strict`, file);
  }
}

/** The source with the last always-true function before the message replaced by VS Code's own rule. */
export function gateInSource(source: string, name: string): string {
  const messageAt = source.indexOf(MESSAGE);
  const found = [...source.slice(0, Math.max(0, messageAt)).matchAll(ALWAYS_TRUE)].at(-1);
  const between = source.slice((found?.index ?? 0) + (found?.[0].length ?? 0), messageAt);
  if (found === undefined || !between.includes(`if(!${found[1]}(`)) {
    throw new SetupError(
      `${name}: the place where proposed API is allowed was not found; this VS Code server needs another patch.`,
    );
  }
  const [text, check, extension, proposal] = found;
  const rule = `!!(${extension}.enabledApiProposals&&${extension}.enabledApiProposals.includes(${proposal}))`;
  const gated = `function ${check}(${extension},${proposal}){return ${rule}}`;
  return source.slice(0, found.index) + gated + source.slice(found.index + text.length);
}
