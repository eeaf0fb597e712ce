/** The real detection of secrets, and no file that may not be read. */
import { hasSecret, secretFreeWindow, withoutSecrets } from '../../src/privacy/secrets.ts';
import type { Privacy } from '../../src/privacy/privacy.ts';

export function createPrivacyOfText(): Privacy {
  return { mayRead: () => ({ allowed: true }), withoutSecrets, hasSecret, withoutSecretsIn: secretFreeWindow };
}
