import assert from 'node:assert/strict';
import { ReaperError } from '../../../src/base/errors.ts';
import { allControlTokens, renderRawPrompt, templates } from '../../../src/router/fim/templates.ts';
import type { FimInput } from '../../../src/router/model-request.ts';

const alone: FimInput = {
  type: 'fim',
  path: 'src/area.py',
  language: 'python',
  prefix: 'def area(w, h):\n    return ',
  suffix: '\n\nprint(area(1, 2))\n',
  snippets: [],
};
const withFile: FimInput = { ...alone, snippets: [{ path: 'src/unit.py', text: 'UNIT = 1' }] };

const PRE = alone.prefix;
const SUF = alone.suffix;
const COMMENTED = `# Path: src/unit.py\n# UNIT = 1\n# Path: src/area.py\n${PRE}`;

interface Golden {
  readonly alone: string;
  readonly withFile: string;
  readonly stops: readonly string[];
}

const starCoderStops = ['<|endoftext|>', '<file_sep>', '<fim_prefix>', '<fim_suffix>', '<fim_middle>'];
const barred = `<|fim_prefix|>${PRE}<|fim_suffix|>${SUF}<|fim_middle|>`;
const bracketed = `<fim_prefix>${PRE}<fim_suffix>${SUF}<fim_middle>`;

const golden: Readonly<Record<string, Golden>> = {
  codellama: {
    alone: `<PRE> ${PRE} <SUF>${SUF} <MID>`,
    withFile: `<PRE> ${COMMENTED} <SUF>${SUF} <MID>`,
    stops: ['<EOT>', '<PRE>', '<SUF>', '<MID>'],
  },
  starcoder: {
    alone: bracketed,
    withFile: `<reponame>repository<filename>src/unit.py\nUNIT = 1\n<filename>src/area.py\n${bracketed}`,
    stops: [...starCoderStops, '<filename>'],
  },
  starcoder2: {
    alone: bracketed,
    withFile: `<repo_name>repository<file_sep>src/unit.py\nUNIT = 1<file_sep><fim_prefix>src/area.py\n${PRE}<fim_suffix>${SUF}<fim_middle>`,
    stops: starCoderStops,
  },
  santacoder: {
    alone: `<fim-prefix>${PRE}<fim-suffix>${SUF}<fim-middle>`,
    withFile: `<fim-prefix>${COMMENTED}<fim-suffix>${SUF}<fim-middle>`,
    stops: ['<|endoftext|>'],
  },
  'stable-code': {
    alone: bracketed,
    withFile: `<fim_prefix>${COMMENTED}<fim_suffix>${SUF}<fim_middle>`,
    stops: starCoderStops,
  },
  codeqwen: {
    alone: bracketed,
    withFile: `<reponame>repository\n<file_sep>src/unit.py\nUNIT = 1\n<file_sep>src/area.py\n${bracketed}`,
    stops: starCoderStops,
  },
  'granite-code': {
    alone: bracketed,
    withFile: `<fim_prefix>${COMMENTED}<fim_suffix>${SUF}<fim_middle>`,
    stops: starCoderStops,
  },
  granite4: {
    alone: barred,
    withFile: `<|fim_prefix|>${COMMENTED}<|fim_suffix|>${SUF}<|fim_middle|>`,
    stops: ['<|end_of_text|>', '<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|fim_pad|>'],
  },
  'deepseek-coder': {
    alone: `<｜fim▁begin｜>${PRE}<｜fim▁hole｜>${SUF}<｜fim▁end｜>`,
    withFile: `<｜fim▁begin｜>#src/unit.py\nUNIT = 1\n#src/area.py\n${PRE}<｜fim▁hole｜>${SUF}<｜fim▁end｜>`,
    stops: ['<｜end▁of▁sentence｜>', '<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>', '<|EOT|>'],
  },
  'deepseek-coder-v2': {
    alone: `<｜fim▁begin｜>${PRE}<｜fim▁hole｜>${SUF}<｜fim▁end｜>`,
    withFile: `<｜fim▁begin｜>#src/unit.py\nUNIT = 1\n#src/area.py\n${PRE}<｜fim▁hole｜>${SUF}<｜fim▁end｜>`,
    stops: ['<｜end▁of▁sentence｜>', '<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'],
  },
  'qwen-coder': {
    alone: barred,
    withFile: `<|repo_name|>repository\n<|file_sep|>src/unit.py\nUNIT = 1\n<|file_sep|>src/area.py\n${barred}`,
    stops: [
      '<|endoftext|>',
      '<|fim_prefix|>',
      '<|fim_suffix|>',
      '<|fim_middle|>',
      '<|fim_pad|>',
      '<|repo_name|>',
      '<|file_sep|>',
      '<|im_start|>',
      '<|im_end|>',
    ],
  },
  codestral: {
    alone: `[SUFFIX]${SUF}[PREFIX]${PRE}`,
    withFile: `[SUFFIX]${SUF}[PREFIX]+++++ src/unit.py\nUNIT = 1\n\n+++++ src/area.py\n${PRE}`,
    stops: ['[PREFIX]', '[SUFFIX]', '</s>', '\n+++++ '],
  },
  codegemma: {
    alone: barred,
    withFile: `src/unit.py\nUNIT = 1<|file_separator|>src/area.py\n${barred}`,
    stops: ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|file_separator|>', '<end_of_turn>', '<eos>'],
  },
  'seed-coder': {
    alone: `<[fim-prefix]>${PRE}<[fim-suffix]>${SUF}<[fim-middle]>`,
    withFile: `<[fim-prefix]>${COMMENTED}<[fim-suffix]>${SUF}<[fim-middle]>`,
    stops: [
      '<[end▁of▁sentence]>',
      '<[fim-prefix]>',
      '<[fim-suffix]>',
      '<[fim-middle]>',
      '<[PAD▁TOKEN]>',
      '<[SEP▁TOKEN]>',
      '<[begin▁of▁sentence]>',
    ],
  },
  glm4: {
    alone: `<|code_prefix|>${PRE}<|code_suffix|>${SUF}<|code_middle|>`,
    withFile: `<|code_prefix|>${COMMENTED}<|code_suffix|>${SUF}<|code_middle|>`,
    stops: ['<|endoftext|>', '<|code_prefix|>', '<|code_suffix|>', '<|code_middle|>', '<|user|>'],
  },
  codegeex4: {
    alone: `<|user|>\n###PATH:src/area.py\n###LANGUAGE:python\n###MODE:BLOCK\n<|code_suffix|>${SUF}<|code_prefix|>${PRE}<|code_middle|><|assistant|>\n`,
    withFile: `<|user|>\n###REFERENCE:\n###PATH:src/unit.py\nUNIT = 1\n###PATH:src/area.py\n###LANGUAGE:python\n###MODE:BLOCK\n<|code_suffix|>${SUF}<|code_prefix|>${PRE}<|code_middle|><|assistant|>\n`,
    stops: ['<|user|>', '<|assistant|>', '<|endoftext|>', '<|code_prefix|>', '<|code_suffix|>', '<|code_middle|>'],
  },
  mellum: {
    alone: `<filename>src/area.py\n<fim_suffix>${SUF}<fim_prefix>${PRE}<fim_middle>`,
    withFile: `<filename>src/unit.py\nUNIT = 1\n<filename>src/area.py\n<fim_suffix>${SUF}<fim_prefix>${PRE}<fim_middle>`,
    stops: ['<|endoftext|>', '<filename>'],
  },
  mercury: {
    alone: `<|file_sep|>src/area.py\n${barred}`,
    withFile: `<|file_sep|>src/unit.py\nUNIT = 1\n<|file_sep|>src/area.py\n${barred}`,
    stops: ['<|file_sep|>'],
  },
};

describe('fill-in-the-middle templates', () => {
  it('are all covered here', () => {
    assert.deepEqual(Object.keys(golden).sort(), [...templates.keys()].sort());
  });

  for (const [family, expected] of Object.entries(golden)) {
    it(`of ${family} put prefix, suffix and tokens where the model was taught them`, () => {
      assert.equal(renderRawPrompt(family, alone).prompt, expected.alone);
    });

    it(`of ${family} put other files before this one`, () => {
      assert.equal(renderRawPrompt(family, withFile).prompt, expected.withFile);
    });

    it(`of ${family} stop at every token that ends or begins something`, () => {
      assert.deepEqual([...renderRawPrompt(family, alone).stops].sort(), [...expected.stops].sort());
    });

    it(`of ${family} know all their own tokens`, () => {
      const controlTokens = expected.stops.filter((stop) => !stop.startsWith('\n'));
      const tokens: readonly string[] = templates.get(family)?.tokens ?? [];
      assert.deepEqual(
        controlTokens.filter((token) => !tokens.includes(token)),
        [],
      );
      assert.ok(tokens.every((token) => allControlTokens().includes(token)));
    });
  }

  it('do not exist for an unknown family, and the error names those that do', () => {
    assert.throws(
      () => renderRawPrompt('gpt', alone),
      (error: unknown) =>
        error instanceof ReaperError && error.kind === 'invalid-config' && error.message.includes('qwen-coder'),
    );
  });
});
