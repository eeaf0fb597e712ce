/** The size of what is loaded at activation: the packaged entry and what it imports statically, not what comes later. */
import { build } from 'esbuild';
import { buildOptions } from '../../esbuild.mjs';

/** In kB, minified as in the package. */
export async function entryBundleKilobytes(): Promise<number> {
  const { metafile } = await build({ ...buildOptions({ minify: true }), write: false });
  const seen = new Set<string>();
  const queue = Object.keys(metafile.outputs).filter((file) => file.endsWith('dist/extension.js'));
  let bytes = 0;
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const output = metafile.outputs[file];
    if (output === undefined || seen.has(file)) {
      continue;
    }
    seen.add(file);
    bytes += output.bytes;
    queue.push(...output.imports.filter((other) => other.kind === 'import-statement').map((other) => other.path));
  }
  return bytes / 1024;
}
