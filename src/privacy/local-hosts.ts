/** Which addresses stay on this machine, or on the machines that the user called local. */
import { BlockList, isIP } from 'node:net';

export interface LocalHosts {
  /** Whether a request to this URL stays local, as `fetch` understands the URL. */
  isLocal(url: string): boolean;
  /** Entries that cannot be used, in the user's words. */
  readonly problems: readonly string[];
}

interface ListedHost {
  readonly host: string;
  /** `undefined`: any port. */
  readonly port: string | undefined;
}

/** `listed`: the setting `reaper.privacy.localHosts`. */
export function createLocalHosts(listed: readonly string[]): LocalHosts {
  const ranges = new BlockList();
  const hosts: ListedHost[] = [];
  const problems: string[] = [];
  for (const entry of listed) {
    const problem = addEntry(entry.trim(), ranges, hosts);
    if (problem !== undefined) {
      problems.push(`reaper.privacy.localHosts: "${entry}" is not used: ${problem}`);
    }
  }
  return {
    problems,
    isLocal: (url) => {
      const address = addressOf(url);
      if (address === undefined) {
        return false;
      }
      const { host, port, family } = address;
      return (
        isLoopback(host, family) ||
        (family !== undefined && ranges.check(host, family)) ||
        hosts.some((entry) => entry.host === host && (entry.port === undefined || entry.port === port))
      );
    },
  };
}

interface Address {
  /** As the URL parser normalises it, without the brackets of IPv6. */
  readonly host: string;
  readonly port: string;
  readonly family: 'ipv4' | 'ipv6' | undefined;
}

/** Parsed by the parser that `fetch` uses, so that every spelling of an address is judged as what will be connected to. */
function addressOf(url: string): Address | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') || parsed.hostname === '') {
    return undefined;
  }
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const version = isIP(host);
  return {
    host,
    port: parsed.port === '' ? (parsed.protocol === 'https:' ? '443' : '80') : parsed.port,
    family: version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6',
  };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** `0.0.0.0` and `::` are not: they mean "any address", and what they reach differs between systems. */
function isLoopback(host: string, family: Address['family']): boolean {
  return family === undefined ? host === 'localhost' || host.endsWith('.localhost') : LOOPBACK.check(host, family);
}

/** Wider than this is no local network: 10.0.0.0/8 and fc00::/7 are the widest private ones. */
const SHORTEST_PREFIX = { ipv4: 8, ipv6: 7 } as const;
const EXPECTED = 'write a host such as "gpu.lan" or "192.168.1.20:11434", or a range such as "192.168.0.0/16"';

function addEntry(entry: string, ranges: BlockList, hosts: ListedHost[]): string | undefined {
  const range = /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/.exec(entry);
  if (range !== null) {
    return addRange(range[1] ?? '', Number(range[2]), ranges);
  }
  if (entry === '' || /[/@?#*\\\s%]/.test(entry)) {
    return EXPECTED;
  }
  const address = addressOf(`http://${isIP(entry) === 6 ? `[${entry}]` : entry}`);
  if (address === undefined) {
    return EXPECTED;
  }
  if (address.host === '0.0.0.0' || address.host === '::') {
    return 'that is every address; name the one that is meant';
  }
  const port = /:(\d+)$/.exec(isIP(entry) === 6 ? '' : entry)?.[1];
  hosts.push({ host: address.host, port: port === undefined ? undefined : String(Number(port)) });
  return undefined;
}

function addRange(base: string, prefix: number, ranges: BlockList): string | undefined {
  const version = isIP(base);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) {
    return EXPECTED;
  }
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (prefix < SHORTEST_PREFIX[family]) {
    return `the range is wider than any local network; the shortest prefix is /${SHORTEST_PREFIX[family]}`;
  }
  ranges.addSubnet(base, prefix, family);
  return undefined;
}
