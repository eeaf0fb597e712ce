/**
 * How each model family takes a hole in a raw prompt: order, tokens, stop strings, other files. Blanks are significant.
 * Source: facts/completions §10.1. A family that is not here has no template: its tokens would be noise to another model.
 */
import { ReaperError } from '../../base/errors.ts';
import type { FimInput } from '../model-request.ts';
import { breakUpInput } from './break-up.ts';
import { prefixWithContext } from './context-text.ts';

export interface FimTemplate {
  /** The prompt, from texts in which `tokens` are broken up already. */
  readonly render: (input: FimInput) => string;
  /** Control tokens of the family: none may come from the user's text. */
  readonly tokens: readonly string[];
  /** Most useful first: some servers take only a few. */
  readonly stops: readonly string[];
}

export interface RawPrompt {
  readonly prompt: string;
  readonly stops: readonly string[];
  /** Undoes in the answer what was done to the text. */
  readonly restore: (answer: string) => string;
}

/** Throws `invalid-config` for a family without a template, naming those that have one. */
export function renderRawPrompt(family: string, input: FimInput): RawPrompt {
  const template = templates.get(family);
  if (template === undefined) {
    throw new ReaperError(
      'invalid-config',
      `There is no fill-in-the-middle template named “${family}”. Use one of: ${[...templates.keys()].join(', ')}.`,
    );
  }
  const safe = breakUpInput(input, template.tokens);
  return { prompt: template.render(safe.input), stops: template.stops, restore: safe.restore };
}

/** The control tokens of all families, for a server that renders a template which is not known here. */
export function allControlTokens(): readonly string[] {
  return [...new Set([...templates.values()].flatMap((template) => template.tokens))];
}

// Repository-level prompts want a name; the real one would say more about the user than it helps the model.
const REPOSITORY = 'repository';

const codeLlamaTokens = ['<PRE>', '<SUF>', '<MID>', '<EOT>', '<s>', '</s>'];
const starCoderTokens = ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<fim_pad>', '<|endoftext|>'];
const barredTokens = ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'];
// U+FF5C bars and U+2581 blocks, not | and _.
const deepSeekTokens = [
  '<｜fim▁begin｜>',
  '<｜fim▁hole｜>',
  '<｜fim▁end｜>',
  '<｜begin▁of▁sentence｜>',
  '<｜end▁of▁sentence｜>',
];
const glmTokens = [
  '<|code_prefix|>',
  '<|code_suffix|>',
  '<|code_middle|>',
  '<|endoftext|>',
  '<|user|>',
  '<|assistant|>',
];

const starCoder2: FimTemplate = {
  render: (input) =>
    input.snippets.length === 0
      ? starCoderBlock(input.prefix, input.suffix)
      : `<repo_name>${REPOSITORY}${input.snippets.map(({ path, text }) => `<file_sep>${path}\n${text}`).join('')}<file_sep>` +
        starCoderBlock(`${input.path}\n${input.prefix}`, input.suffix),
  tokens: [...starCoderTokens, '<file_sep>', '<repo_name>'],
  stops: ['<file_sep>', '<|endoftext|>', '<fim_prefix>', '<fim_suffix>', '<fim_middle>'],
};

/** StarCoder's tokens in models that were not taught its form for several files. */
const starCoderLike: FimTemplate = {
  render: (input) => starCoderBlock(prefixWithContext(input, 'comments'), input.suffix),
  tokens: [...starCoderTokens, '<file_sep>'],
  stops: ['<|endoftext|>', '<file_sep>', '<fim_prefix>', '<fim_suffix>', '<fim_middle>'],
};

const qwenCoder: FimTemplate = {
  render: (input) => {
    const block = barredBlock(input);
    if (input.snippets.length === 0) return block;
    const others = input.snippets.map(({ path, text }) => `<|file_sep|>${path}\n${text}\n`).join('');
    return `<|repo_name|>${REPOSITORY}\n${others}<|file_sep|>${input.path}\n${block}`;
  },
  tokens: [
    ...barredTokens,
    '<|fim_pad|>',
    '<|repo_name|>',
    '<|file_sep|>',
    '<|endoftext|>',
    '<|im_start|>',
    '<|im_end|>',
  ],
  stops: [
    '<|endoftext|>',
    '<|file_sep|>',
    '<|fim_prefix|>',
    '<|im_end|>',
    '<|repo_name|>',
    '<|fim_pad|>',
    '<|fim_suffix|>',
    '<|fim_middle|>',
    '<|im_start|>',
  ],
};

const deepSeekCoderV2: FimTemplate = {
  render: (input) =>
    `<｜fim▁begin｜>${prefixWithContext(input, 'hash-headings')}<｜fim▁hole｜>${input.suffix}<｜fim▁end｜>`,
  tokens: [...deepSeekTokens, '<|EOT|>'],
  stops: ['<｜end▁of▁sentence｜>', '<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'],
};

/** By the name that a user may write into the settings. */
export const templates: ReadonlyMap<string, FimTemplate> = new Map<string, FimTemplate>([
  [
    'codellama',
    {
      render: (input) => `<PRE> ${prefixWithContext(input, 'comments')} <SUF>${input.suffix} <MID>`,
      tokens: codeLlamaTokens,
      stops: ['<EOT>', '<PRE>', '<SUF>', '<MID>'],
    },
  ],
  [
    'starcoder',
    {
      render: (input) => {
        const block = starCoderBlock(input.prefix, input.suffix);
        if (input.snippets.length === 0) return block;
        const others = input.snippets.map(({ path, text }) => `<filename>${path}\n${text}\n`).join('');
        return `<reponame>${REPOSITORY}${others}<filename>${input.path}\n${block}`;
      },
      tokens: [...starCoderTokens, '<reponame>', '<filename>', '<file_sep>'],
      stops: ['<|endoftext|>', '<file_sep>', '<filename>', '<fim_prefix>', '<fim_suffix>', '<fim_middle>'],
    },
  ],
  ['starcoder2', starCoder2],
  [
    'santacoder',
    {
      // Hyphens, unlike its successors.
      render: (input) => `<fim-prefix>${prefixWithContext(input, 'comments')}<fim-suffix>${input.suffix}<fim-middle>`,
      tokens: ['<fim-prefix>', '<fim-suffix>', '<fim-middle>', '<fim-pad>', '<|endoftext|>'],
      stops: ['<|endoftext|>'],
    },
  ],
  ['stable-code', starCoderLike],
  [
    'codeqwen',
    {
      render: (input) => {
        const block = starCoderBlock(input.prefix, input.suffix);
        if (input.snippets.length === 0) return block;
        const others = input.snippets.map(({ path, text }) => `<file_sep>${path}\n${text}\n`).join('');
        return `<reponame>${REPOSITORY}\n${others}<file_sep>${input.path}\n${block}`;
      },
      tokens: [...starCoderTokens, '<file_sep>', '<reponame>'],
      stops: ['<|endoftext|>', '<file_sep>', '<fim_prefix>', '<fim_suffix>', '<fim_middle>'],
    },
  ],
  ['granite-code', starCoderLike],
  [
    'granite4',
    {
      render: (input) => barredBlock({ ...input, prefix: prefixWithContext(input, 'comments') }),
      tokens: [...barredTokens, '<|fim_pad|>', '<|end_of_text|>'],
      stops: ['<|end_of_text|>', '<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|fim_pad|>'],
    },
  ],
  ['deepseek-coder', { ...deepSeekCoderV2, stops: [...deepSeekCoderV2.stops, '<|EOT|>'] }],
  ['deepseek-coder-v2', deepSeekCoderV2],
  ['qwen-coder', qwenCoder],
  [
    'codestral',
    {
      // Suffix first; the files' headings go with the prefix.
      render: (input) => `[SUFFIX]${input.suffix}[PREFIX]${prefixWithContext(input, 'plus-headings')}`,
      tokens: ['[PREFIX]', '[SUFFIX]', '[MIDDLE]', '<s>', '</s>'],
      stops: ['[PREFIX]', '[SUFFIX]', '</s>', '\n+++++ '],
    },
  ],
  [
    'codegemma',
    {
      render: (input) => {
        const block = barredBlock(input);
        if (input.snippets.length === 0) return block;
        const others = input.snippets.map(({ path, text }) => `${path}\n${text}<|file_separator|>`).join('');
        return `${others}${input.path}\n${block}`;
      },
      tokens: [...barredTokens, '<|file_separator|>', '<end_of_turn>', '<start_of_turn>', '<eos>', '<bos>'],
      stops: ['<|file_separator|>', '<eos>', '<end_of_turn>', '<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'],
    },
  ],
  [
    'seed-coder',
    {
      render: (input) =>
        `<[fim-prefix]>${prefixWithContext(input, 'comments')}<[fim-suffix]>${input.suffix}<[fim-middle]>`,
      tokens: [
        '<[fim-prefix]>',
        '<[fim-suffix]>',
        '<[fim-middle]>',
        '<[end▁of▁sentence]>',
        '<[begin▁of▁sentence]>',
        '<[PAD▁TOKEN]>',
        '<[SEP▁TOKEN]>',
      ],
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
  ],
  [
    'glm4',
    {
      render: (input) =>
        `<|code_prefix|>${prefixWithContext(input, 'comments')}<|code_suffix|>${input.suffix}<|code_middle|>`,
      tokens: glmTokens,
      stops: ['<|endoftext|>', '<|user|>', '<|code_prefix|>', '<|code_suffix|>', '<|code_middle|>'],
    },
  ],
  [
    'codegeex4',
    {
      render: (input) =>
        `<|user|>\n${input.snippets.map(({ path, text }) => `###REFERENCE:\n###PATH:${path}\n${text}\n`).join('')}` +
        `###PATH:${input.path}\n###LANGUAGE:${input.language}\n###MODE:BLOCK\n` +
        `<|code_suffix|>${input.suffix}<|code_prefix|>${input.prefix}<|code_middle|><|assistant|>\n`,
      tokens: glmTokens,
      stops: ['<|user|>', '<|endoftext|>', '<|assistant|>', '<|code_prefix|>', '<|code_suffix|>', '<|code_middle|>'],
    },
  ],
  [
    'mellum',
    {
      render: (input) =>
        `${input.snippets.map(({ path, text }) => `<filename>${path}\n${text}\n`).join('')}<filename>${input.path}\n` +
        `<fim_suffix>${input.suffix}<fim_prefix>${input.prefix}<fim_middle>`,
      tokens: [...starCoderTokens, '<filename>', '<reponame>'],
      stops: ['<|endoftext|>', '<filename>'],
    },
  ],
  [
    'mercury',
    {
      render: (input) =>
        [
          ...input.snippets.map(({ path, text }) => `<|file_sep|>${path}\n${text}\n`),
          `<|file_sep|>${input.path}\n`,
        ].join('') + barredBlock(input),
      tokens: [...barredTokens, '<|file_sep|>'],
      stops: ['<|file_sep|>'],
    },
  ],
]);

function starCoderBlock(prefix: string, suffix: string): string {
  return `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`;
}

function barredBlock({ prefix, suffix }: Pick<FimInput, 'prefix' | 'suffix'>): string {
  return `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`;
}
