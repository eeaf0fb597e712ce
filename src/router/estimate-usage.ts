/** Token counts where the server told none, or told only half before it was cut off. */
import type { ChatMessage, ModelInput, ToolDefinition } from './model-request.ts';
import type { TokenUsage } from './stream-part.ts';

// facts/dependencies: the runner-up to a tokeniser; this runs for every cancelled completion, on the main thread.
const CHARACTERS_PER_TOKEN = 3.6;
// What is set aside for an input should be enough: dense code has 2.4 characters to a token, and a template adds its words.
const FEWEST_CHARACTERS_PER_TOKEN = 2.4;
const TEMPLATE_TOKENS = 100;

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
  return Math.ceil(inputCharacters(input) / FEWEST_CHARACTERS_PER_TOKEN) + TEMPLATE_TOKENS;
}

/** About what an input counts, where too much would be as wrong as too little. */
export function likelyInputTokens(input: ModelInput): number {
  return tokens(inputCharacters(input));
}

/** Of text that came so far. */
export function tokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

function inputCharacters(input: ModelInput): number {
  switch (input.type) {
    case 'fim':
      return (
        input.prefix.length +
        input.suffix.length +
        input.snippets.reduce((sum, snippet) => sum + snippet.path.length + snippet.text.length, 0)
      );
    case 'chat':
      return (
        (input.system?.length ?? 0) +
        toolCharacters(input.tools) +
        input.messages.reduce(
          (sum, message) => sum + message.content.reduce((inner, content) => inner + charactersOf(content), 0),
          0,
        )
      );
  }
}

// The same array comes with every turn of a conversation, and may be long.
const charactersOfTools = new WeakMap<readonly ToolDefinition[], number>();

function toolCharacters(tools: readonly ToolDefinition[] | undefined): number {
  if (tools === undefined || tools.length === 0) return 0;
  let characters = charactersOfTools.get(tools);
  if (characters === undefined) {
    characters = JSON.stringify(tools).length;
    charactersOfTools.set(tools, characters);
  }
  return characters;
}

// OpenAI's low-detail price of an image, as characters; providers differ, and none tells in advance.
const IMAGE_CHARACTERS = 2800;

function charactersOf(content: ChatMessage['content'][number]): number {
  switch (content.type) {
    case 'text':
    case 'reasoning':
      return content.text.length;
    case 'image':
      return IMAGE_CHARACTERS;
    case 'tool-call':
      return content.name.length + content.json.length;
    case 'tool-result':
      return content.content.reduce((sum, part) => sum + charactersOf(part), 0);
  }
}
