/** The two wire formats of the oracle: llama.cpp's own (`/infill`, `/completion`) and OpenAI's text completions. */
import type { OraclePrompt } from './model.ts';

export interface ApiRequest {
  readonly type: 'completion';
  readonly path: string;
  readonly dialect: 'llama.cpp' | 'openai';
  readonly prompt: OraclePrompt;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly stream: boolean;
}

/** What a server says to a request that it understands but will not take. */
export interface RefusedRequest {
  readonly type: 'refused';
  readonly status: number;
  readonly message: string;
}

/** What an answer is cut at when the client names no length. */
const DEFAULT_MAX_TOKENS = 512;

export function readApiRequest(url: string, body: string): ApiRequest | RefusedRequest | undefined {
  const path = url.split('?')[0] ?? '/';
  if (body === '') {
    return undefined;
  }
  const json = JSON.parse(body) as Record<string, unknown>;
  const stop = typeof json['stop'] === 'string' ? [json['stop']] : strings(json['stop']);
  const stream = json['stream'] === true;
  switch (path) {
    case '/infill':
      if (json['input_extra'] !== undefined && !Array.isArray(json['input_extra'])) {
        return { type: 'refused', status: 400, message: '"input_extra" must be an array of objects' };
      }
      return {
        type: 'completion',
        path,
        dialect: 'llama.cpp',
        // The server puts `prompt` after `input_prefix`: clients send the current line there.
        prompt: { prefix: text(json['input_prefix']) + text(json['prompt']), suffix: text(json['input_suffix']) },
        maxTokens: count(json['n_predict']),
        stop,
        stream,
      };
    case '/completion':
    case '/completions':
      return {
        type: 'completion',
        path,
        dialect: 'llama.cpp',
        prompt: splitTemplate(json),
        maxTokens: count(json['n_predict']),
        stop,
        stream,
      };
    case '/v1/completions':
      return {
        type: 'completion',
        path,
        dialect: 'openai',
        prompt: splitTemplate(json),
        maxTokens: count(json['max_tokens']),
        stop,
        stream,
      };
    default:
      return undefined;
  }
}

/** One event of a stream; with a reason it is the last one. */
export function streamChunk(api: ApiRequest, token: string, finishReason: 'stop' | 'length' | undefined): string {
  if (api.dialect === 'llama.cpp') {
    const last = finishReason !== undefined;
    const data = { index: 0, content: token, tokens: [], stop: last, id_slot: 0 };
    return event(last ? { ...data, ...llamaEnd(finishReason) } : data);
  }
  const chunk = {
    id: 'cmpl-oracle',
    object: 'text_completion',
    created: 0,
    model: 'oracle',
    choices: [{ index: 0, text: token, logprobs: null, finish_reason: finishReason ?? null }],
  };
  return finishReason === undefined ? event(chunk) : `${event(chunk)}data: [DONE]\n\n`;
}

export function wholeAnswer(api: ApiRequest, answer: string, finishReason: 'stop' | 'length'): string {
  if (api.dialect === 'llama.cpp') {
    return JSON.stringify({ index: 0, content: answer, tokens: [], stop: true, id_slot: 0, ...llamaEnd(finishReason) });
  }
  return JSON.stringify({
    id: 'cmpl-oracle',
    object: 'text_completion',
    created: 0,
    model: 'oracle',
    choices: [{ index: 0, text: answer, logprobs: null, finish_reason: finishReason }],
    usage: { prompt_tokens: 0, completion_tokens: Math.ceil(answer.length / 4), total_tokens: 0 },
  });
}

/** What the server says about itself. */
export function staticAnswer(url: string, slots: number): unknown {
  switch (url.split('?')[0]) {
    case '/health':
    case '/v1/health':
      return { status: 'ok' };
    case '/props':
      return {
        default_generation_settings: { id: 0, n_ctx: 8192, params: {} },
        total_slots: slots,
        model_alias: 'oracle',
        model_path: '/models/oracle.gguf',
        chat_template: '',
        build_info: 'oracle',
      };
    case '/slots':
      return Array.from({ length: slots }, (_, id) => ({ id, n_ctx: 8192, is_processing: false }));
    case '/models':
    case '/v1/models':
      return { object: 'list', data: [{ id: 'oracle', object: 'model', created: 0, owned_by: 'llamacpp' }] };
    default:
      return undefined;
  }
}

function llamaEnd(finishReason: 'stop' | 'length'): Record<string, unknown> {
  return {
    model: 'oracle',
    stop_type: finishReason === 'length' ? 'limit' : 'eos',
    stopping_word: '',
    tokens_predicted: 0,
    tokens_evaluated: 0,
    tokens_cached: 0,
    truncated: false,
    timings: { prompt_n: 0, prompt_ms: 0, predicted_n: 0, predicted_ms: 0 },
  };
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** Prefix, suffix and middle markers of the model families whose raw prompts the oracle can read (completions.md §10.1). */
const TEMPLATES: readonly (readonly [prefix: string, suffix: string, middle: string])[] = [
  ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'],
  ['<fim_prefix>', '<fim_suffix>', '<fim_middle>'],
  ['<fim-prefix>', '<fim-suffix>', '<fim-middle>'],
  ['<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'],
  ['<|code_prefix|>', '<|code_suffix|>', '<|code_middle|>'],
  ['<PRE>', '<SUF>', '<MID>'],
];

function splitTemplate(json: Record<string, unknown>): OraclePrompt {
  const raw = text(Array.isArray(json['prompt']) ? json['prompt'][0] : json['prompt']);
  for (const [prefix, suffix, middle] of TEMPLATES) {
    const prefixAt = raw.lastIndexOf(prefix);
    const suffixAt = raw.lastIndexOf(suffix);
    const middleAt = raw.lastIndexOf(middle);
    if (prefixAt >= 0 && suffixAt >= 0 && middleAt >= 0) {
      return suffixAt > prefixAt
        ? {
            prefix: raw.slice(prefixAt + prefix.length, suffixAt),
            suffix: raw.slice(suffixAt + suffix.length, middleAt),
          }
        : { prefix: raw.slice(middleAt + middle.length), suffix: raw.slice(suffixAt + suffix.length, prefixAt) };
    }
  }
  return { prefix: raw, suffix: text(json['suffix']) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function count(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : DEFAULT_MAX_TOKENS;
}
