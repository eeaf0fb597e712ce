/** Who answers now, and what runs in place of something better. */
import * as vscode from 'vscode';
import type { Profiles } from '../../config/profiles.ts';
import type { Router } from '../../router/router.ts';
import { labelOf, standInsOf, standInText } from '../stand-ins.ts';

export function routingLines(
  router: Pick<Router, 'completionRoute' | 'degradations'>,
  profiles: Pick<Profiles, 'find' | 'list'>,
): readonly string[] {
  const [first] = router.completionRoute();
  const chat = profiles.list('chat').filter(({ definition }) => definition.capabilities.chat);
  return [
    first === undefined
      ? vscode.l10n.t('Ghost text: nobody can answer now.')
      : vscode.l10n.t(
          'Ghost text comes from {0}.',
          [labelOf(profiles, first.providerId), first.model]
            .filter((part) => part !== undefined && part !== '')
            .join(', '),
        ),
    chat.length === 0
      ? vscode.l10n.t('Chat: no provider is set up. Run "Reaper: Select Model…".')
      : vscode.l10n.t('Chat may ask {0}.', chat.map(({ definition }) => definition.label).join(', ')),
    ...standInsOf(router, profiles).map(standInText),
  ];
}
