/** What a file declares: names and signatures, without bodies. */
import type { SlicedWork } from './background.ts';
import type { Declaration } from './declaration.ts';
import { bracedDeclarations } from './declarations-braced.ts';
import { goDeclarations } from './declarations-go.ts';
import { pythonDeclarations } from './declarations-python.ts';
import { scriptDeclarations } from './declarations-script.ts';
import type { LanguageFamily } from './languages.ts';

/** In the order of the file. Light scanners, not compilers: what they do not understand they leave out. */
export function declarationsOf(family: LanguageFamily, text: string): SlicedWork<readonly Declaration[]> {
  switch (family) {
    case 'script':
      return scriptDeclarations(text);
    case 'python':
      return pythonDeclarations(text);
    case 'go':
      return goDeclarations(text);
    case 'rust':
    case 'java':
    case 'csharp':
    case 'cpp':
      return bracedDeclarations(text, family);
  }
}
