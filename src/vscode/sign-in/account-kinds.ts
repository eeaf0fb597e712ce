/** The kinds of accounts that one can sign in with, and what Reaper asks of each. */
import type { AccountKind } from '../../config/sign-in/account-sessions.ts';
import type { ProviderDefinition } from '../../router/provider-definition.ts';

export const GITHUB_PROVIDER = 'github';
const MICROSOFT_PROVIDER = 'microsoft';

/** Who it is, and nothing else: who needs more asks for it where it is used. */
const GITHUB_SCOPES = ['read:user', 'user:email'];

/** With the scopes that the providers need whose calls go with the account. */
export function accountKinds(
  definitions: readonly ProviderDefinition[],
  google: { readonly provider: string; readonly own: Required<AccountKind>['own'] },
): readonly AccountKind[] {
  const needed = (provider: string): readonly string[] => [
    ...new Set(definitions.flatMap(({ signIn }) => (signIn?.provider === provider ? signIn.scopes : []))),
  ];
  const all: readonly AccountKind[] = [
    { provider: GITHUB_PROVIDER, label: 'GitHub account', scopes: GITHUB_SCOPES },
    { provider: google.provider, label: 'Google account', scopes: needed(google.provider), own: google.own },
    { provider: MICROSOFT_PROVIDER, label: 'Microsoft account', scopes: needed(MICROSOFT_PROVIDER) },
  ];
  // An account that nobody can use is not asked for.
  return all.filter(({ scopes }) => scopes.length > 0);
}
