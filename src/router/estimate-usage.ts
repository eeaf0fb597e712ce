/** Token counts where the server told none, or told only half before it was cut off. */
import type { ChatMessage, ModelInput, ToolDefinition } from './model-request.ts';
import type { TokenUsage } from './stream-part.ts';

// facts/dependencies: the runner-up to a tokeniser; this runs for every cancelled completion, on the main thread.
const CHARACTERS_PER_TOKEN = 3.6;
// What is set aside for an input should be enough: dense code has 2.4 characters to a token, and a template adds its words.
const FEWEST_CHARACTERS_PER_TOKEN = 2.4;
const TEMPLATE_TOKENS = 100;
// Other scripts than Latin have up to two tokens to a character; in UTF-8 they show by the bytes beyond one for each.
const TOKENS_PER_FURTHER_BYTE = 0.6;

export interface OutputLength {
  /** Only of a whole answer the server tells all. */
  readonly ended: 'whole' | 'cut';
  readonly textCharacters: number;
  readonly reasoningCharacters: number;
}

/** `told` is the last that the server said; a stream that was cut tells no output, though it was billed. */
export function completeUsage(told: TokenUsage | undefined, input: ModelInput, output: OutputLength): TokenUsage {
  const countedOutput = tokens(output.textCharacters);
  const countedReasoning = tokens(output.reasoningCharacters);
  if (told === undefined) {
    return {
      inputUncached: likelyInputTokens(input),
      inputCacheRead: 0,
      inputCacheWrite: 0,
      output: countedOutput,
      reasoning: countedReasoning,
      estimated: true,
    };
  }
  // Reasoning may be told as part of the output, so only the sum shows that something is missing.
  return output.ended === 'cut' && told.output + told.reasoning === 0 && countedOutput + countedReasoning > 0
    ? { ...told, output: countedOutput, reasoning: countedReasoning, estimated: true }
    : told;
}

/** The most tokens that the input may turn out to have. */
export function highestInputTokens(input: ModelInput): number {
  return Math.ceil(sizeOf(input, mostTokens)) + TEMPLATE_TOKENS;
}

/** About what an input counts, where too much would be as wrong as too little. */
export function likelyInputTokens(input: ModelInput): number {
  return tokens(sizeOf(input, lengthOf));
}

/** Of text that came so far. */
export function tokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

type Measure = (text: string) => number;

const lengthOf: Measure = ({ length }) => length;

const mostTokens: Measure = (text) =>
  text.length / FEWEST_CHARACTERS_PER_TOKEN + (Buffer.byteLength(text) - text.length) * TOKENS_PER_FURTHER_BYTE;

function sizeOf(input: ModelInput, measure: Measure): number {
  switch (input.type) {
    case 'fim':
      return (
        measure(input.prefix) +
        measure(input.suffix) +
        input.snippets.reduce((sum, snippet) => sum + measure(snippet.path) + measure(snippet.text), 0)
      );
    case 'chat':
      return (
        measure(input.system ?? '') +
        measure(textOfTools(input.tools)) +
        input.messages.reduce(
          (sum, message) => sum + message.content.reduce((inner, content) => inner + sizeOfPart(content, measure), 0),
          0,
        )
      );
  }
}

// The same array comes with every turn of a conversation, and may be long.
const textsOfTools = new WeakMap<readonly ToolDefinition[], string>();

function textOfTools(tools: readonly ToolDefinition[] | undefined): string {
  if (tools === undefined || tools.length === 0) return '';
  let text = textsOfTools.get(tools);
  if (text === undefined) {
    text = JSON.stringify(tools);
    textsOfTools.set(tools, text);
  }
  return text;
}

// OpenAI's low-detail price of an image, as characters; providers differ, and none tells in advance.
const IMAGE = ' '.repeat(2800);

function sizeOfPart(content: ChatMessage['content'][number], measure: Measure): number {
  switch (content.type) {
    case 'text':
    case 'reasoning':
      return measure(content.text);
    case 'image':
      return measure(IMAGE);
    case 'tool-call':
      return measure(content.name) + measure(content.json);
    case 'tool-result':
      return content.content.reduce((sum, part) => sum + sizeOfPart(part, measure), 0);
  }
}
