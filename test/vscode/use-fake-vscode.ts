/** Lets modules that import `vscode`, which exists only inside the editor, be imported by a test. */
import { registerHooks } from 'node:module';

const fake = new URL('./fake-vscode.ts', import.meta.url).href;

/** Call it before a dynamic import of such a module. */
export function useFakeVscode(): void {
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier === 'vscode' ? { url: fake, shortCircuit: true } : nextResolve(specifier, context),
  });
}
