/** Files that are secret by their name, whatever the ignore files say. */
import picomatch from 'picomatch';
import { isCheapGlob } from '../base/glob-cost.ts';
import { below, isInside, type PathPlatform } from './file-paths.ts';
import type { FileVerdict } from './privacy.ts';

/**
 * Without a slash: a file name anywhere. Names such as `secrets` count with the endings of data files only: `secrets.ts` is
 * code, and what stands in code is found by its shape.
 */
const SECRET_FILES = [
  '.env',
  '.env.*',
  '*.env',
  '.envrc',
  '.dev.vars',
  '.dev.vars.*',
  '*.pem',
  '*.key',
  '*.p8',
  '*.p12',
  '*.pfx',
  '*.ppk',
  '*.jks',
  '*.jceks',
  '*.keystore',
  '*.kdb',
  '*.kdbx',
  '*.agekey',
  '*.ovpn',
  'id_{rsa,dsa,ecdsa,ed25519,xmss}*',
  '.npmrc',
  '.pypirc',
  '.netrc',
  '_netrc',
  '.authinfo',
  '.pgpass',
  'pgpass.conf',
  '.my.cnf',
  '.mylogin.cnf',
  '.htpasswd',
  '.git-credentials',
  '.dockercfg',
  '.s3cfg',
  '.boto',
  '.vault-token',
  '.terraformrc',
  'terraform.rc',
  '*.tfvars',
  '*.tfvars.json',
  '*.tfstate',
  '*.tfstate.*',
  '.rediscli_auth',
  '{.,}{bash,zsh,fish,psql,mysql,python,node_repl}_history',
  '{.,}{secret,secrets,credential,credentials,passwords}{,.*}.{json,jsonc,json5,yml,yaml,toml,ini,env,cfg,conf,properties,xml,txt,csv,plist,enc,age,gpg}',
  '{.,}{secrets,credentials,passwords}',
  '*{-,_,.}{secret,secrets,credential,credentials}.{json,yml,yaml,toml,xml,properties}',
  'client_secret*.json',
  '{service-account,service_account,serviceaccount}*.json',
  'firebase-adminsdk*.json',
  '**/.git/**',
  '**/.ssh/**',
  '**/.aws/**',
  '**/.azure/**',
  '**/.gnupg/**',
  '**/.kube/**',
  '**/.docker/config.json',
  '**/.config/gcloud/**',
  '**/.config/gh/**',
  '**/.config/git/credentials',
] as const;

/** Made to be shared, although their names match. */
const SHARED_FILES = [
  '{.,*.}env.{example,sample,template,dist,defaults,schema}',
  '.env.*.{example,sample,template}',
  '.dev.vars.example',
  '*.tfvars.example',
] as const;

export interface SecretFiles {
  /** `path` is normal; `folders` are those of the workspace, which the user's globs are relative to. */
  verdict(path: string, folders: readonly string[]): FileVerdict;
  /** Globs that cannot be used, in the user's words. */
  readonly problems: readonly string[];
}

/** `excluded`: the setting `reaper.privacy.excludedFiles`. It can only forbid, since a workspace may set it. */
export function createSecretFiles(excluded: readonly string[], platform: PathPlatform): SecretFiles {
  const problems: string[] = [];
  const own: Glob[] = [];
  for (const pattern of excluded) {
    const glob = isCheapGlob(pattern) && !pattern.startsWith('!') ? compile(pattern) : undefined;
    if (glob === undefined) {
      problems.push(
        `reaper.privacy.excludedFiles: "${pattern}" is not used. Write a glob such as "*.sql" or "config/private/**", with at most two "*" between slashes; "!" cannot allow what is forbidden elsewhere.`,
      );
    } else {
      own.push(glob);
    }
  }
  return {
    problems,
    verdict: (path, folders) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (!SHARED.some((glob) => glob.matches(name, path))) {
        const secret = SECRET.find((glob) => glob.matches(name, path));
        if (secret !== undefined) {
          return { allowed: false, reason: `a file of secrets by its name: ${secret.pattern}` };
        }
      }
      const folder = folders.find((candidate) => isInside(candidate, path, platform));
      const relative = folder === undefined ? path.replace(/^\//, '') : below(folder, path);
      const found = own.find((glob) => glob.matches(name, relative));
      return found === undefined
        ? { allowed: true }
        : { allowed: false, reason: `reaper.privacy.excludedFiles: ${found.pattern}` };
    },
  };
}

interface Glob {
  readonly pattern: string;
  matches(name: string, path: string): boolean;
}

function compile(pattern: string): Glob | undefined {
  const trimmed = pattern
    .trim()
    .replaceAll('\\', '/')
    .replace(/^\.?\//, '');
  const whole = trimmed.endsWith('/') ? `${trimmed}**` : trimmed;
  if (whole === '') {
    return undefined;
  }
  try {
    // No extended globs: nested ones can take exponential time, and a workspace may set them. Case never matters: a file of
    // secrets is one under any spelling.
    const matches = picomatch(whole, { dot: true, nocase: true, noextglob: true });
    const isName = !trimmed.includes('/');
    return { pattern, matches: (name, path) => matches(isName ? name : path) };
  } catch {
    return undefined;
  }
}

const SECRET = SECRET_FILES.map(compile).filter((glob) => glob !== undefined);
const SHARED = SHARED_FILES.map(compile).filter((glob) => glob !== undefined);
