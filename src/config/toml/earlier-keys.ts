/** Keys that `reaper.toml` had before this extension: what they are called here, and those that have no effect here. */

/** Another name of a setting, and how its value is to be read. Tables are joined by dots. */
export interface EarlierKey {
  readonly path: string;
  /** Settings, without `reaper.`; all of them get the value. */
  readonly settings: readonly string[];
  /** From the old value to ours; as it is, if left out. `undefined`: not accepted. */
  readonly convert?: (value: unknown) => unknown;
}

export const EARLIER_KEYS: readonly EarlierKey[] = [
  { path: 'completion.max_tokens', settings: ['completion.maxOutputTokens'] },
  { path: 'context.max_tokens', settings: ['completion.promptTokens'] },
  { path: 'selection.strategy', settings: ['routing.completionOrder', 'routing.chatOrder'], convert: orderOf },
  { path: 'selection.prefer_local', settings: ['routing.local'], convert: localOf },
  { path: 'routing.strategy', settings: ['routing.completionStrategy', 'routing.chatStrategy'] },
  { path: 'routing.budget_usd', settings: ['budget.perRequestUsd'] },
  { path: 'routing.budget_monthly_usd', settings: ['budget.perMonthUsd'] },
  { path: 'routing.soft_limits', settings: ['budget.perProviderUsd'] },
  { path: 'providers.allowlist', settings: ['completion.providers', 'chat.providers'] },
  { path: 'budget.daily_limit_usd', settings: ['budget.perDayUsd'] },
  { path: 'budget.monthly_limit_usd', settings: ['budget.perMonthUsd'] },
  { path: 'cache.enabled', settings: ['routing.responseCache'] },
];

/** Of each provider's table. */
export const EARLIER_PROVIDER_KEYS: readonly { readonly name: string; readonly settings: readonly string[] }[] = [
  { name: 'url', settings: ['baseUrl'] },
  { name: 'endpoint', settings: ['baseUrl'] },
  { name: 'deployment', settings: ['completionModel', 'chatModel'] },
  { name: 'model', settings: ['completionModel', 'chatModel'] },
  { name: 'default_model', settings: ['completionModel', 'chatModel'] },
];

/** They hold secrets, which belong into no file. */
export const SECRET_NAMES: ReadonlySet<string> = new Set(
  [
    'api_key',
    'api_key_cmd',
    'access_token',
    'secret_access_key',
    'access_key_id',
    'session_token',
    'master_key',
    'token',
    'password',
  ].map(normalName),
);

/** The editor decides them, for all extensions alike. */
export const EDITOR_DECIDES: readonly string[] = ['http'];

/** Tables and keys that mean something to other programs of the family, or are decided by Reaper itself. */
export const WITHOUT_EFFECT: readonly string[] = [
  'agent',
  'auth',
  'daemon',
  'glyph',
  'logging',
  'modes',
  'rpc',
  'server',
  'storage',
  'security',
  'provider_matrix',
  'cache.max_size',
  'cache.ttl',
  'chat.max_history',
  'chat.persist_conversations',
  'completion.debounce_ms',
  'completion.latency_target_ms',
  'completion.temperature',
  'budget.alert_threshold',
  'providers.default_strategy',
  'routing.prefer_local_for',
  'routing.auto_swap',
  'selection.fallback',
  'context.include_lsp',
  'context.include_git',
  'context.include_files',
  'context.semantic_search',
  'context.lsp_budget',
  'context.git_budget',
  'context.file_budget',
  'context.mcp_enabled',
  'context.mcp_url',
  'context.mcp_timeout_ms',
];

/** Of each provider's table. */
export const PROVIDER_KEYS_WITHOUT_EFFECT: readonly string[] = [
  'auth',
  'capabilities',
  'model_allowlist',
  'models',
  'priority',
  'timeout_seconds',
  'vault_path',
];

/** `max_lines`, `max-lines` and `maxLines` are one name. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function orderOf(value: unknown): unknown {
  const orders: Readonly<Record<string, string>> = { auto: 'automatic', manual: 'listed' };
  return typeof value === 'string' ? (orders[value] ?? value) : value;
}

function localOf(value: unknown): unknown {
  return typeof value === 'boolean' ? (value ? 'first' : 'as-listed') : value;
}
