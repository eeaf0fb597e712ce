/**
 * The one table of secrets that can be told by their shape. Formats are the issuers' own, as they document them for
 * secret scanning; where an issuer gives only a minimum length, longer bodies are taken too.
 */

/** A token with a distinctive start. It is found anywhere, also inside a longer word. */
export interface PrefixedKind {
  /** Becomes the placeholder `REDACTED_<kind>`. */
  readonly kind: string;
  readonly prefixes: readonly string[];
  /**
   * Regular expression source of what follows the prefix. It must be one class with a lower bound, or bounded throughout:
   * that keeps the whole scan linear.
   */
  readonly body: string;
  /** Only where no letter, digit, `_` or `-` stands before it: for starts that also occur inside ordinary words. */
  readonly standalone?: true;
}

/** A token that is told by what stands before it; tried where a run of 16 or more word characters begins. */
export interface ContextKind {
  readonly kind: string;
  /** Sticky at the start of the run; looks back at most 100 characters. */
  readonly pattern: RegExp;
}

export const PREFIXED_KINDS: readonly PrefixedKind[] = [
  { kind: 'GITHUB_TOKEN', prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], body: '[A-Za-z0-9]{36,}' },
  { kind: 'GITHUB_TOKEN', prefixes: ['github_pat_'], body: '\\w{60,}' },
  {
    kind: 'GITLAB_TOKEN',
    prefixes: ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glsoat-', 'glagent-', 'glimt-', 'gloas-'],
    body: '[\\w-]{20,}',
  },
  { kind: 'GITLAB_TOKEN', prefixes: ['GR1348941'], body: '[\\w-]{20,}' },
  { kind: 'AWS_ACCESS_KEY_ID', prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'], body: '[A-Z0-9]{16}(?![A-Za-z0-9])' },
  { kind: 'AWS_BEDROCK_KEY', prefixes: ['ABSK'], body: '[A-Za-z0-9+/]{100,}={0,2}' },
  { kind: 'GOOGLE_API_KEY', prefixes: ['AIza'], body: '[\\w-]{35,}' },
  { kind: 'GOOGLE_OAUTH_SECRET', prefixes: ['GOCSPX-'], body: '[\\w-]{28,}' },
  { kind: 'OPENAI_KEY', prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'], body: '[\\w-]{20,}' },
  // The plain form is shared by OpenAI (48 or 51), DeepSeek (32), Moonshot and others.
  { kind: 'API_KEY', prefixes: ['sk-'], body: '[A-Za-z0-9]{32,}' },
  { kind: 'ANTHROPIC_KEY', prefixes: ['sk-ant-'], body: '[\\w-]{20,}' },
  { kind: 'OPENROUTER_KEY', prefixes: ['sk-or-v1-', 'sk-or-'], body: '[\\w-]{32,}' },
  { kind: 'LANGFUSE_KEY', prefixes: ['sk-lf-'], body: '[a-f0-9-]{36}' },
  { kind: 'XAI_KEY', prefixes: ['xai-'], body: '[A-Za-z0-9]{60,}' },
  { kind: 'HUGGINGFACE_TOKEN', prefixes: ['hf_', 'api_org_'], body: '[A-Za-z0-9]{30,}' },
  { kind: 'GROQ_KEY', prefixes: ['gsk_'], body: '[A-Za-z0-9]{40,}' },
  { kind: 'PERPLEXITY_KEY', prefixes: ['pplx-'], body: '[A-Za-z0-9]{40,}' },
  { kind: 'REPLICATE_TOKEN', prefixes: ['r8_'], body: '[A-Za-z0-9]{37,}' },
  { kind: 'NVIDIA_KEY', prefixes: ['nvapi-'], body: '[\\w-]{60,}' },
  { kind: 'CEREBRAS_KEY', prefixes: ['csk-'], body: '[a-z0-9]{40,}' },
  { kind: 'LANGSMITH_KEY', prefixes: ['lsv2_pt_', 'lsv2_sk_'], body: '[a-f0-9]{32}_[a-f0-9]{10}' },
  { kind: 'PINECONE_KEY', prefixes: ['pcsk_'], body: '[A-Za-z0-9_]{40,}' },
  { kind: 'TAVILY_KEY', prefixes: ['tvly-'], body: '[A-Za-z0-9-]{28,}' },
  {
    kind: 'SLACK_TOKEN',
    prefixes: ['xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxc-', 'xoxd-'],
    body: '[A-Za-z0-9%-]{10,}',
  },
  { kind: 'SLACK_TOKEN', prefixes: ['xapp-'], body: '[A-Za-z0-9-]{20,}' },
  {
    kind: 'STRIPE_KEY',
    prefixes: ['sk_live_', 'sk_test_', 'sk_prod_', 'rk_live_', 'rk_test_', 'rk_prod_'],
    body: '[A-Za-z0-9]{10,}',
  },
  { kind: 'WEBHOOK_SECRET', prefixes: ['whsec_'], body: '[A-Za-z0-9+/]{24,}={0,2}' },
  { kind: 'TWILIO_KEY', prefixes: ['SK'], body: '[0-9a-f]{32}(?![A-Za-z0-9])', standalone: true },
  { kind: 'MAILGUN_KEY', prefixes: ['key-', 'pubkey-'], body: '[0-9a-f]{32}(?![A-Za-z0-9])', standalone: true },
  { kind: 'BREVO_KEY', prefixes: ['xkeysib-', 'xsmtpsib-'], body: '[a-f0-9]{64}-[A-Za-z0-9]{16}' },
  { kind: 'RESEND_KEY', prefixes: ['re_'], body: '[A-Za-z0-9]{8}_[A-Za-z0-9]{24,}', standalone: true },
  { kind: 'NPM_TOKEN', prefixes: ['npm_'], body: '[A-Za-z0-9]{36,}' },
  { kind: 'PYPI_TOKEN', prefixes: ['pypi-'], body: '[\\w-]{50,}' },
  { kind: 'RUBYGEMS_KEY', prefixes: ['rubygems_'], body: '[a-f0-9]{48}' },
  { kind: 'NUGET_KEY', prefixes: ['oy2'], body: '[a-z0-9]{43}(?![A-Za-z0-9])', standalone: true },
  { kind: 'DOCKER_TOKEN', prefixes: ['dckr_pat_', 'dckr_oat_'], body: '[\\w-]{27,}' },
  { kind: 'DIGITALOCEAN_TOKEN', prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'], body: '[a-f0-9]{64}' },
  { kind: 'HEROKU_KEY', prefixes: ['HRKU-'], body: '[\\w-]{36,}' },
  { kind: 'CLOUDFLARE_KEY', prefixes: ['cfut_', 'cfat_', 'cfk_'], body: '[A-Za-z0-9]{40,}' },
  { kind: 'ALIBABA_KEY', prefixes: ['LTAI'], body: '[A-Za-z0-9]{16,20}(?![A-Za-z0-9])', standalone: true },
  { kind: 'TENCENT_KEY', prefixes: ['AKID'], body: '[A-Za-z0-9]{32}(?![A-Za-z0-9])', standalone: true },
  { kind: 'SHOPIFY_TOKEN', prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_', 'shpua_'], body: '[a-fA-F0-9]{32}' },
  { kind: 'SQUARE_TOKEN', prefixes: ['sq0atp-', 'sq0csp-', 'sq0idp-'], body: '[\\w-]{22,}' },
  { kind: 'SQUARE_TOKEN', prefixes: ['EAAA'], body: '[\\w-]{60}(?![\\w-])', standalone: true },
  { kind: 'DATABRICKS_TOKEN', prefixes: ['dapi'], body: '[a-f0-9]{32}(?:-\\d)?' },
  { kind: 'ATLASSIAN_TOKEN', prefixes: ['ATATT3', 'ATCTT3', 'ATSTT3'], body: '[\\w=-]{60,}' },
  { kind: 'BITBUCKET_TOKEN', prefixes: ['ATBB'], body: '[A-Za-z0-9]{24,}' },
  { kind: 'LINEAR_KEY', prefixes: ['lin_api_', 'lin_oauth_', 'lin_wh_'], body: '[A-Za-z0-9]{40,}' },
  { kind: 'NOTION_TOKEN', prefixes: ['secret_'], body: '[A-Za-z0-9]{43}(?![A-Za-z0-9])' },
  { kind: 'NOTION_TOKEN', prefixes: ['ntn_'], body: '[A-Za-z0-9]{40,}' },
  { kind: 'SUPABASE_KEY', prefixes: ['sbp_'], body: '[a-f0-9]{40}' },
  { kind: 'SUPABASE_KEY', prefixes: ['sb_secret_'], body: '[\\w-]{24,}' },
  { kind: 'PLANETSCALE_TOKEN', prefixes: ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'], body: '[\\w.-]{32,}' },
  { kind: 'PULUMI_TOKEN', prefixes: ['pul-'], body: '[a-f0-9]{40}' },
  { kind: 'GRAFANA_TOKEN', prefixes: ['glsa_'], body: '[A-Za-z0-9]{32}_[a-fA-F0-9]{8}' },
  { kind: 'GRAFANA_TOKEN', prefixes: ['glc_'], body: '[A-Za-z0-9+/]{32,}={0,2}' },
  { kind: 'NEW_RELIC_KEY', prefixes: ['NRAK-', 'NRII-', 'NRJS-'], body: '[\\w-]{19,}' },
  { kind: 'SENTRY_TOKEN', prefixes: ['sntrys_', 'sntryu_'], body: '[A-Za-z0-9+/=_-]{60,}' },
  { kind: 'POSTHOG_KEY', prefixes: ['phx_'], body: '[A-Za-z0-9]{40,}' },
  { kind: 'POSTMAN_KEY', prefixes: ['PMAK-'], body: '[a-f0-9]{24}-[a-f0-9]{34}' },
  { kind: 'FIGMA_TOKEN', prefixes: ['figd_'], body: '[\\w-]{38,}' },
  { kind: 'TAILSCALE_KEY', prefixes: ['tskey-'], body: '[A-Za-z0-9-]{20,}' },
  { kind: 'NETLIFY_TOKEN', prefixes: ['nfp_', 'nfc_', 'nfo_'], body: '[A-Za-z0-9]{36,}' },
  { kind: 'CONTENTFUL_TOKEN', prefixes: ['CFPAT-'], body: '[\\w-]{43}' },
  { kind: 'FACEBOOK_TOKEN', prefixes: ['EAA'], body: '[A-Za-z0-9]{90,}', standalone: true },
  { kind: 'TWITTER_TOKEN', prefixes: ['AAAAAAAAAAAAAAAAAAAAA'], body: '[A-Za-z0-9%]{60,}' },
  { kind: 'AGE_KEY', prefixes: ['AGE-SECRET-KEY-1'], body: '[0-9A-Z]{40,}' },
  { kind: 'ONEPASSWORD_TOKEN', prefixes: ['ops_eyJ'], body: '[\\w-]{60,}' },
  { kind: 'FLY_TOKEN', prefixes: ['fm1_', 'fm2_', 'fo1_'], body: '[A-Za-z0-9+/=_-]{40,}' },
];

export const CONTEXT_KINDS: readonly ContextKind[] = [
  { kind: 'SENDGRID_KEY', pattern: /(?<=\bSG\.)[\w-]{16,64}\.[\w-]{16,}/y },
  { kind: 'VAULT_TOKEN', pattern: /(?<=\bhv[sbr]\.)[\w-]{20,}/y },
  { kind: 'GOOGLE_OAUTH_TOKEN', pattern: /(?<=\bya29\.)[\w-]{20,}/y },
  { kind: 'DOPPLER_TOKEN', pattern: /(?<=\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{2,35}\.)?)[A-Za-z0-9]{40,}/y },
  { kind: 'DROPBOX_TOKEN', pattern: /(?<=\bsl\.(?:u\.)?)[\w-]{100,}/y },
  { kind: 'DYNATRACE_TOKEN', pattern: /(?<=\bdt0[a-z]\d\d\.)[A-Z2-7]{24}\.[A-Z2-7]{64}/y },
  { kind: 'TERRAFORM_TOKEN', pattern: /(?<=\.atlasv1\.)[\w-]{60,}/y },
  { kind: 'AIRTABLE_TOKEN', pattern: /(?<=\bpat[A-Za-z0-9]{14}\.)[a-f0-9]{64}/y },
  { kind: 'OPENSHIFT_TOKEN', pattern: /(?<=\bsha256~)[\w-]{43}/y },
  { kind: 'TELEGRAM_TOKEN', pattern: /(?<=(?<!\d)\d{8,10}:)AA[\w-]{32,34}(?![\w-])/y },
  { kind: 'SLACK_WEBHOOK', pattern: /(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/]{1,60})\w{16,}/y },
  { kind: 'DISCORD_WEBHOOK', pattern: /(?<=\/api(?:\/v\d{1,2})?\/webhooks\/\d{10,20}\/)[\w-]{50,}/y },
  { kind: 'TEAMS_WEBHOOK', pattern: /(?<=\/IncomingWebhook\/)[a-f0-9]{32}\/[a-f0-9-]{36}/y },
  { kind: 'DISCORD_TOKEN', pattern: /(?<![\w-])[MNO][\w-]{22,28}\.[\w-]{5,7}\.[\w-]{27,}/y },
  { kind: 'JWT', pattern: /eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}/y },
  { kind: 'MAILCHIMP_KEY', pattern: /(?<![\w-])[0-9a-f]{32}-us\d{1,2}(?![\w-])/y },
  { kind: 'AZURE_CLIENT_SECRET', pattern: /(?<=[\w~.]{3}\dQ~)[\w~.-]{28,34}/y },
  { kind: 'CLOUDFLARE_KEY', pattern: /(?<=\bv1\.)0-[a-f0-9]{24}-[a-f0-9]{146}/y },
  { kind: 'BRAINTREE_TOKEN', pattern: /(?<=access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$)[a-f0-9]{32}/y },
];

/** Values whose kind is told by the name they are assigned to, most telling name first. */
export const NAMED_KINDS: readonly { readonly kind: string; readonly name: RegExp }[] = [
  { kind: 'AWS_SECRET_KEY', name: /aws.*(?:secret|key|token)|secret_?access_?key/i },
  { kind: 'AZURE_KEY', name: /account_?key|shared_?access_?(?:key|signature)|azure/i },
  { kind: 'HEROKU_KEY', name: /heroku/i },
  { kind: 'CLOUDFLARE_KEY', name: /cloudflare|^cf_/i },
  { kind: 'PASSWORD', name: /pass|pwd/i },
  { kind: 'API_KEY', name: /api_?-?key/i },
  { kind: 'TOKEN', name: /token|bearer|jwt/i },
  { kind: 'SECRET', name: /./ },
];
