/** The settings of ghost text. */
import { providerListSetting, type ProviderFacts } from './provider-settings.ts';
import { booleanMapSetting, booleanSetting, choiceSetting, integerSetting, textListSetting } from './setting.ts';

export function completionSettings(providers: readonly ProviderFacts[]) {
  return {
    enabled: booleanSetting(true, { description: 'Show ghost text while you type.' }),
    languages: booleanMapSetting(
      { '*': true, markdown: false, plaintext: false },
      {
        description:
          'Ghost text by language: [language identifier](https://code.visualstudio.com/docs/languages/identifiers) to on or off; `*` stands for all others.',
      },
    ),
    disabledFiles: textListSetting([], {
      description:
        'Files without ghost text: glob patterns of workspace-relative paths, for example `**/*.sql` or `vendor/**`.',
    }),
    inComments: booleanSetting(true, { description: 'Show ghost text inside comments.' }),
    inStrings: booleanSetting(true, { description: 'Show ghost text inside string literals.' }),
    multiLine: choiceSetting(
      'auto',
      {
        auto: 'Several lines where a block belongs, one line elsewhere.',
        never: 'One line only.',
        always: 'Several lines everywhere.',
      },
      { description: 'When ghost text may have several lines.' },
    ),
    // Twelve lines fit into the editor below the cursor and are read before they are accepted (facts/completions §13).
    maxLines: integerSetting(
      12,
      { minimum: 1, maximum: 100 },
      { description: 'The most lines a suggestion may have.' },
    ),
    maxOutputTokens: integerSetting(
      128,
      { minimum: 8, maximum: 4096 },
      { description: 'The most tokens a model may write for one suggestion.' },
    ),
    promptTokens: integerSetting(
      2500,
      { minimum: 256, maximum: 32_000 },
      {
        description:
          'The prompt budget in tokens: text around the cursor and context from other files together. A smaller budget is faster on local models.',
      },
    ),
    providers: providerListSetting(
      providers,
      'The providers that may complete code, in order of preference; the others are not asked. Left empty, the order is automatic: the providers you set up, then local servers that are found. The embedded `workspace` model always comes last; list it alone to use no other.',
    ),
  };
}
