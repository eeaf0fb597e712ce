/** The size of what is loaded at activation: the entry and what it imports statically, not what comes later. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** In kB; `undefined` if the extension has not been built. */
export function entryBundleKilobytes(root: string): number | undefined {
  const entry = join(root, 'dist', 'extension.js');
  if (!existsSync(entry)) {
    return undefined;
  }
  const seen = new Set<string>();
  const queue = [entry];
  let bytes = 0;
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file) || !existsSync(file)) {
      continue;
    }
    seen.add(file);
    const source = readFileSync(file, 'utf8');
    bytes += Buffer.byteLength(source);
    // `import … from "./x.js"`, `import "./x.js"` and `export … from "./x.js"`; not `import("./x.js")`.
    for (const match of source.matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']/g)) {
      queue.push(join(dirname(file), match[1] ?? ''));
    }
  }
  return bytes / 1024;
}
