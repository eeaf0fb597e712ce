/** The settings of each provider, derived from its definition: only those that mean something for it. */
import { templates } from '../router/fim/templates.ts';
import type { ProviderDefinition, ProviderOption } from '../router/provider-definition.ts';
import {
  booleanSetting,
  choiceListSetting,
  choiceSetting,
  headerMapSetting,
  integerSetting,
  nameSetting,
  type Setting,
  textSetting,
  urlSetting,
} from './setting.ts';

/** What is read of a definition here; a provider that cannot be built yet can still be described. */
export type ProviderFacts = Pick<
  ProviderDefinition,
  | 'id'
  | 'label'
  | 'aliases'
  | 'location'
  | 'auth'
  | 'baseUrl'
  | 'isAddressFixed'
  | 'discover'
  | 'completionModel'
  | 'chatModel'
  | 'options'
  | 'capabilities'
>;

/** What the user set for one provider; absent where the provider has no such setting. */
export interface ProviderSettings {
  /** The options of its definition, by name. */
  readonly [option: string]: unknown;
  readonly enabled: boolean;
  readonly baseUrl?: string;
  readonly completionModel?: string;
  readonly chatModel?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fimFamily?: string;
  readonly parallelRequests?: number;
}

/** One of those above, or an option of the provider's own. */
export type ProviderSettingName = string;

/** More at once than any server that one person types for has been seen to serve. */
const MOST_PARALLEL_REQUESTS = 64;

export function providerSettingsOf(facts: ProviderFacts): Readonly<Record<ProviderSettingName, Setting<unknown>>> {
  const enabled = booleanSetting(true, {
    // Who is switched off stays off wherever one works.
    scope: 'application',
    description: `Whether Reaper may use ${facts.label}.`,
  });
  if (facts.location === 'embedded') {
    return { enabled };
  }
  const isFixed = facts.isAddressFixed === true;
  const isOwnServer = facts.location === 'local' || facts.baseUrl === undefined;
  return {
    enabled,
    ...(!isFixed && {
      baseUrl: urlSetting({
        scope: 'machine',
        description: baseUrlDescription(facts),
      }),
    }),
    completionModel: textSetting(facts.completionModel ?? '', {
      restricted: true,
      description:
        facts.completionModel === undefined
          ? `The model of ${facts.label} that completes code. Left empty, the first suitable model that the server lists is used.`
          : `The model of ${facts.label} that completes code.`,
    }),
    ...(facts.capabilities.chat && {
      chatModel: textSetting(facts.chatModel ?? '', {
        restricted: true,
        description: `The model of ${facts.label} for chat, agent, review and tests.${facts.chatModel === undefined ? ' Left empty, the first model that the server lists is used.' : ''}`,
      }),
    }),
    ...Object.fromEntries((facts.options ?? []).map((option) => [option.name, optionSetting(option)])),
    ...(!isFixed && {
      headers: headerMapSetting({
        scope: 'machine',
        description: `HTTP headers to send with each request to ${facts.label}. Do not put keys here: use *Reaper: Set API Key*, which keeps them in the secret storage.`,
      }),
    }),
    ...(facts.capabilities.fim === 'probe' &&
      !isFixed && {
        fimFamily: nameSetting([...templates.keys()], {
          restricted: true,
          description: `The model family whose fill-in-the-middle template the model at ${facts.label} takes. Left empty, Reaper finds it out.`,
        }),
      }),
    ...(isOwnServer && {
      parallelRequests: integerSetting(
        0,
        { minimum: 0, maximum: MOST_PARALLEL_REQUESTS },
        {
          restricted: true,
          description: `How many requests ${facts.label} works on at the same time. \`0\` means: find out.`,
        },
      ),
    }),
  };
}

/** An ordered list of providers; a workspace that is not trusted has no say in who is asked. */
export function providerListSetting(
  providers: readonly Pick<ProviderFacts, 'id' | 'label'>[],
  description: string,
): Setting<readonly string[]> {
  const choices = providers.map(({ id, label }) => ({ value: id, description: label }));
  return choiceListSetting([], choices, { restricted: true, description });
}

/** They say where requests go and with whose account, so no workspace sets them. */
function optionSetting({ default: fallback, description, choices }: ProviderOption): Setting<string> {
  return choices === undefined
    ? textSetting(fallback, { scope: 'machine', description })
    : choiceSetting(fallback, choices, { scope: 'machine', description });
}

function baseUrlDescription(facts: ProviderFacts): string {
  if (facts.baseUrl === undefined) {
    return `The address of ${facts.label}, for example \`http://127.0.0.1:1234/v1\`. It is used as soon as it is set.`;
  }
  return facts.discover
    ? `The address of ${facts.label}. Left empty, \`${facts.baseUrl}\` is used, and a server there is found by itself.`
    : `The address of ${facts.label}. Left empty, \`${facts.baseUrl}\` is used.`;
}
