import assert from 'node:assert/strict';
import { familyOf } from '../../../src/router/fim/families.ts';
import { templates } from '../../../src/router/fim/templates.ts';

const known: Readonly<Record<string, readonly string[]>> = {
  codellama: ['codellama:7b-code', 'codellama:13b-instruct', 'codellama/CodeLlama-7b-hf', 'code-llama-7b'],
  starcoder: ['bigcode/starcoder', 'TabbyML/StarCoder-1B', 'starcoderbase-3b'],
  starcoder2: ['starcoder2:3b', 'bigcode/starcoder2-15b'],
  santacoder: ['bigcode/santacoder'],
  'stable-code': ['stable-code:3b', 'stabilityai/stable-code-3b'],
  codeqwen: ['codeqwen:7b-code', 'Qwen/CodeQwen1.5-7B'],
  'granite-code': ['granite-code:8b', 'ibm-granite/granite-3b-code-base-2k'],
  granite4: ['granite4:tiny-h', 'ibm-granite/granite-4.0-h-small'],
  'deepseek-coder': ['deepseek-coder:6.7b', 'deepseek-ai/deepseek-coder-1.3b-base'],
  'deepseek-coder-v2': ['deepseek-coder-v2:16b', 'deepseek-ai/DeepSeek-Coder-V2-Lite-Base'],
  'qwen-coder': [
    'qwen2.5-coder:1.5b-base',
    'hf.co/bartowski/Qwen2.5-Coder-7B-GGUF:Q4_K_M',
    'qwen3-coder:30b',
    'qwen/qwen-2.5-coder-32b-instruct',
    'Qwen/Qwen3-Coder-30B-A3B-Instruct',
    '/models/qwen2.5_coder_7b.gguf',
  ],
  codestral: ['codestral:22b', 'mistralai/Codestral-22B-v0.1'],
  codegemma: ['codegemma:2b', 'google/codegemma-7b', 'codegemma:7b-code'],
  'seed-coder': ['ByteDance-Seed/Seed-Coder-8B-Base'],
  glm4: ['glm-4-9b', 'zai-org/GLM-4.6', 'glm-4.7-flash'],
  codegeex4: ['codegeex4:9b', 'THUDM/codegeex4-all-9b'],
  mellum: ['JetBrains/Mellum-4b-base'],
  mercury: ['mercury-coder', 'inception/mercury-coder-small'],
};

const unknown = [
  'gpt-6-luna',
  'claude-haiku-5-5',
  'gemini-2.5-flash',
  'grok-4.3',
  'llama3.2:3b',
  'mistral-small',
  'qwen3:8b',
  'qwen2.5:7b',
  'deepseek-r1:8b',
  'deepseek-v4-flash',
  'phind-codellama:34b',
  'codellama:34b',
  'codellama:7b-python',
  'codestral-mamba',
  'codeqwen:7b-chat',
  'codegemma-7b-it',
  'glm-4.5v',
  'Seed-Coder-8B-Reasoning',
  'nomic-embed-text',
  '',
];

describe('model families', () => {
  it('are all tried here, and all have a template', () => {
    assert.deepEqual(Object.keys(known).sort(), [...templates.keys()].sort());
  });

  for (const [family, models] of Object.entries(known)) {
    it(`are known by the names of their models: ${family}`, () => {
      assert.deepEqual(
        models.map((model) => familyOf(model)),
        models.map(() => family),
      );
    });
  }

  it('are not guessed for chat models and variants that fill no holes', () => {
    assert.deepEqual(
      unknown.filter((model) => familyOf(model) !== undefined),
      [],
    );
  });
});
