/** Random secrets of every kind, made at run time: no text in this repository looks like a key. */
import fc from 'fast-check';

export interface Sample {
  /** As it stands in a file. */
  readonly text: string;
  /** The part that must not be seen anywhere. */
  readonly core: string;
}

export interface SampleKind {
  readonly name: string;
  readonly sample: fc.Arbitrary<Sample>;
}

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';
const LOWER36 = 'abcdefghijklmnopqrstuvwxyz0123456789';
const UPPER36 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const BASE64 = `${BASE62}+/`;
const BASE64URL = `${BASE62}_-`;

function chars(alphabet: string, length: number): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0, max: alphabet.length - 1 }), { minLength: length, maxLength: length, size: 'max' })
    .map((picks) => picks.map((pick) => alphabet.charAt(pick)).join(''));
}

/** `before` and `after` are public parts around the secret one. */
function around(before: string, core: fc.Arbitrary<string>, after = ''): fc.Arbitrary<Sample> {
  return core.map((value) => ({ text: `${before}${value}${after}`, core: value }));
}

function dotted(...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((values) => values.join('.'));
}

const uuid = fc
  .tuple(chars(HEX, 8), chars(HEX, 4), chars(HEX, 4), chars(HEX, 4), chars(HEX, 12))
  .map((parts) => parts.join('-'));

/** Found wherever they stand, also in the middle of a word. */
export const TOKEN_KINDS: readonly SampleKind[] = [
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => ({
    name: `GitHub ${prefix}`,
    sample: around(prefix, chars(BASE62, 36)),
  })),
  { name: 'GitHub fine-grained', sample: around('github_pat_', chars(BASE62, 82)) },
  { name: 'GitLab', sample: around('glpat-', chars(BASE64URL, 20)) },
  { name: 'Google API', sample: around('AIza', chars(BASE64URL, 35)) },
  { name: 'Google OAuth client', sample: around('GOCSPX-', chars(BASE64URL, 28)) },
  { name: 'OpenAI', sample: around('sk-', chars(BASE62, 48)) },
  { name: 'OpenAI project', sample: around('sk-proj-', chars(BASE64URL, 100)) },
  { name: 'Anthropic', sample: around('sk-ant-api03-', chars(BASE64URL, 93)) },
  { name: 'OpenRouter', sample: around('sk-or-v1-', chars(HEX, 64)) },
  { name: 'xAI', sample: around('xai-', chars(BASE62, 80)) },
  { name: 'Hugging Face', sample: around('hf_', chars(BASE62, 34)) },
  { name: 'Groq', sample: around('gsk_', chars(BASE62, 52)) },
  { name: 'Perplexity', sample: around('pplx-', chars(BASE62, 48)) },
  { name: 'Replicate', sample: around('r8_', chars(BASE62, 37)) },
  { name: 'Slack bot', sample: around('xoxb-', chars(BASE62, 40)) },
  { name: 'Slack app', sample: around('xapp-1-', chars(BASE62, 40)) },
  { name: 'Stripe', sample: around('sk_live_', chars(BASE62, 24)) },
  { name: 'Stripe restricted', sample: around('rk_test_', chars(BASE62, 24)) },
  { name: 'npm', sample: around('npm_', chars(BASE62, 36)) },
  { name: 'PyPI', sample: around('pypi-AgEIcHlwaS5vcmc', chars(BASE64URL, 100)) },
  { name: 'RubyGems', sample: around('rubygems_', chars(HEX, 48)) },
  { name: 'Docker Hub', sample: around('dckr_pat_', chars(BASE64URL, 27)) },
  { name: 'DigitalOcean', sample: around('dop_v1_', chars(HEX, 64)) },
  { name: 'Heroku', sample: around('HRKU-', chars(BASE62, 60)) },
  { name: 'Shopify', sample: around('shpat_', chars(HEX, 32)) },
  { name: 'Square', sample: around('sq0csp-', chars(BASE64URL, 43)) },
  { name: 'Databricks', sample: around('dapi', chars(HEX, 32)) },
  { name: 'Atlassian', sample: around('ATATT3', chars(BASE64URL, 180)) },
  { name: 'Linear', sample: around('lin_api_', chars(BASE62, 40)) },
  { name: 'Notion', sample: around('ntn_', chars(BASE62, 46)) },
  { name: 'Supabase', sample: around('sbp_', chars(HEX, 40)) },
  { name: 'PlanetScale', sample: around('pscale_tkn_', chars(BASE64URL, 43)) },
  { name: 'Pulumi', sample: around('pul-', chars(HEX, 40)) },
  { name: 'Grafana', sample: around('glc_', chars(BASE64, 60)) },
  { name: 'New Relic', sample: around('NRAK-', chars(UPPER36, 27)) },
  { name: 'Figma', sample: around('figd_', chars(BASE64URL, 40)) },
  { name: 'Tailscale', sample: around('tskey-auth-', chars(BASE62, 40)) },
  { name: 'age', sample: around('AGE-SECRET-KEY-1', chars(UPPER36, 58)) },
];

/** Told by what stands around them: they need a character before and after that is no part of a word. */
export const STANDALONE_KINDS: readonly SampleKind[] = [
  { name: 'AWS access key id', sample: around('AKIA', chars('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)) },
  { name: 'Twilio', sample: around('SK', chars(HEX, 32)) },
  { name: 'Mailgun', sample: around('key-', chars(HEX, 32)) },
  { name: 'Mailchimp', sample: around('', chars(HEX, 32), '-us12') },
  { name: 'SendGrid', sample: around('SG.', dotted(chars(BASE64URL, 22), chars(BASE64URL, 43))) },
  { name: 'Vault', sample: around('hvs.', chars(BASE64URL, 90)) },
  { name: 'Telegram', sample: around('8123456789:AA', chars(BASE64URL, 33)) },
  {
    name: 'Discord bot',
    sample: around('MT', dotted(chars(BASE64URL, 24), chars(BASE64URL, 6), chars(BASE64URL, 38))),
  },
  { name: 'JWT', sample: around('eyJ', dotted(chars(BASE64URL, 33), chars(BASE64URL, 80), chars(BASE64URL, 43))) },
  { name: 'Slack webhook', sample: around('https://hooks.slack.com/services/T0123/B0123/', chars(BASE62, 24)) },
  {
    name: 'Discord webhook',
    sample: around('https://discord.com/api/webhooks/123456789012345678/', chars(BASE64URL, 68)),
  },
  { name: 'Azure client secret', sample: around('abc8Q~', chars(BASE62, 34)) },
  { name: 'Braintree', sample: around('access_token$production$abcdefgh01234567$', chars(HEX, 32)) },
  { name: 'Azure storage', sample: around('AccountName=a;AccountKey=', chars(BASE64, 86), '==;EndpointSuffix=x') },
  { name: 'Azure service bus', sample: around('SharedAccessKeyName=a;SharedAccessKey=', chars(BASE64, 43), '=') },
  { name: 'AWS secret', sample: around('aws_secret_access_key = ', chars(BASE64, 40)) },
  { name: 'AWS secret in code', sample: around('secretAccessKey: "', chars(BASE64, 40), '"') },
  { name: 'Heroku by name', sample: around('HEROKU_API_KEY=', uuid) },
  { name: 'Cloudflare by name', sample: around('CLOUDFLARE_API_TOKEN=', chars(BASE64URL, 40)) },
  { name: 'generic secret', sample: around('clientSecret = "', chars(BASE62, 32), '"') },
  { name: 'generic token', sample: around('"auth_token": "', chars(LOWER36, 40), '"') },
  { name: 'generic key, typed', sample: around('const apiKey: string = `', chars(BASE62, 32), '`') },
  { name: 'generic key, YAML', sample: around('api_key: ', chars(HEX, 32)) },
  {
    name: 'password',
    sample: around(
      'password: "',
      chars(BASE62, 18).map((value) => `7${value}!`),
      '"',
    ),
  },
  {
    name: 'password, .env',
    sample: around(
      'DB_PASSWORD=',
      chars(BASE62, 18).map((value) => `${value}9`),
    ),
  },
  {
    name: 'password, connection string',
    sample: around(
      'Server=x;Password=',
      chars(BASE62, 18).map((value) => `${value}9!`),
      ';',
    ),
  },
  { name: 'bearer', sample: around('Authorization: Bearer ', chars(BASE62, 40)) },
  ...['postgres', 'postgresql+asyncpg', 'mysql', 'mongodb+srv', 'redis', 'amqp', 'jdbc:mariadb'].map((scheme) => ({
    name: scheme,
    sample: around(`${scheme}://admin:`, chars(BASE62, 18), '@db.example.com:5432/app'),
  })),
  { name: 'jdbc:oracle', sample: around('jdbc:oracle:thin:scott/', chars(BASE62, 18), '@//db:1521/x') },
  { name: 'URL with user and password', sample: around('https://ci:', chars(BASE62, 20), '@git.example.com/x.git') },
  { name: 'URL with a token as user', sample: around('https://', chars(HEX, 40), '@git.example.com/x.git') },
];

/** Private keys: several lines, in the forms in which they stand in files. */
export const KEY_KINDS: readonly SampleKind[] = [
  { name: 'PEM', sample: pem('RSA PRIVATE KEY', 64, '\n') },
  { name: 'PKCS 8', sample: pem('PRIVATE KEY', 64, '\n') },
  { name: 'OpenSSH', sample: pem('OPENSSH PRIVATE KEY', 70, '\n') },
  { name: 'PGP', sample: pem('PGP PRIVATE KEY BLOCK', 64, '\n') },
  { name: 'PEM in JSON, as in a service account', sample: pem('PRIVATE KEY', 64, '\\n') },
  { name: 'PEM in concatenated strings', sample: pem('EC PRIVATE KEY', 64, '\\n" +\n  "') },
];

function pem(label: string, width: number, lineBreak: string): fc.Arbitrary<Sample> {
  return fc
    .tuple(fc.array(chars(BASE64, width), { minLength: 3, maxLength: 30 }), chars(BASE64, 22))
    .map(([lines, last]) => {
      const core = [...lines, `${last}==`].join(lineBreak);
      return {
        text: `-----BEGIN ${label}-----${lineBreak}${core}${lineBreak}-----END ${label}-----`,
        core,
      };
    });
}
