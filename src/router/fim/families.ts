/**
 * Which template a model takes, from its id: data, read in one place. A server's own word and the user's setting come first;
 * an unknown name has no family.
 */

interface FamilyPattern {
  readonly family: string;
  /** Tried in order on the lower-case id with `-` for `_`. */
  readonly pattern: RegExp;
  /** Variants that were not taught to fill holes. */
  readonly except?: RegExp;
}

// `codellama`: only 7B and 13B, not the Python variant (facts/completions §10.1). `codestral-mamba`, chat and reasoning variants:
// their model cards name no fill-in-the-middle.
const PATTERNS: readonly FamilyPattern[] = [
  { family: 'codellama', pattern: /code-?llama/, except: /34b|70b|python|phind/ },
  { family: 'starcoder2', pattern: /starcoder-?2/ },
  { family: 'starcoder', pattern: /starcoder/ },
  { family: 'santacoder', pattern: /santacoder/ },
  { family: 'stable-code', pattern: /stable-?code/ },
  { family: 'codeqwen', pattern: /code-?qwen/, except: /chat/ },
  { family: 'granite4', pattern: /granite-?4/, except: /vision|speech|embedding|guardian/ },
  { family: 'granite-code', pattern: /granite.*code/ },
  { family: 'deepseek-coder-v2', pattern: /deepseek-coder-?v2/ },
  { family: 'deepseek-coder', pattern: /deepseek-coder/ },
  { family: 'qwen-coder', pattern: /qwen-?(?:2\.5|3(?:\.\d+)?)-?coder/ },
  { family: 'codestral', pattern: /codestral/, except: /mamba|embed/ },
  { family: 'codegemma', pattern: /codegemma/, except: /-it\b|instruct/ },
  { family: 'seed-coder', pattern: /seed-coder/, except: /reasoning/ },
  { family: 'codegeex4', pattern: /codegeex-?4/ },
  { family: 'glm4', pattern: /\bglm-?4/, except: /glm-?4(?:\.\d+)?v|voice|vision/ },
  { family: 'mellum', pattern: /mellum/ },
  { family: 'mercury', pattern: /mercury-coder/ },
];

export function familyOf(model: string): string | undefined {
  const id = model.toLowerCase().replaceAll('_', '-');
  return PATTERNS.find(({ pattern, except }) => pattern.test(id) && except?.test(id) !== true)?.family;
}
