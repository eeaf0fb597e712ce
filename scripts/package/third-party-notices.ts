/** The licences of everything that is bundled, as their authors ask. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../bootstrap/paths.mjs';

/** The part of esbuild's report that is read here. */
export interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Copied as files, so the bundler does not know of them. */
const COPIED_PACKAGES = ['web-tree-sitter', '@vscode/tree-sitter-wasm'];

export function thirdPartyNotices(metafile: Metafile): string {
  const packages = new Set(COPIED_PACKAGES);
  for (const input of Object.keys(metafile.inputs)) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(input)?.[1];
    if (name !== undefined) {
      packages.add(name);
    }
  }
  const sections = [...packages].sort().map(sectionOf);
  return `Reaper contains the following software of others.\n\n${sections.join('\n')}`;
}

function sectionOf(name: string): string {
  const folder = join(projectFolder, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
    license?: string;
  };
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text =
    file !== undefined && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim() : '';
  return `${'-'.repeat(80)}\n${name} ${version} (${license ?? 'see below'})\n\n${text}\n`;
}
