/** Import it before a dynamic import of a module that imports `vscode`, which exists only inside the editor. */
import { registerHooks } from 'node:module';

const fake = new URL('./fake-vscode.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === 'vscode' ? { url: fake, shortCircuit: true } : nextResolve(specifier, context),
});
