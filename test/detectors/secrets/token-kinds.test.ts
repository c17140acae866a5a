// Every kind of token against its own example: found once, at its place, as what it is; and what is nearly one is not.

import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/detectors/secrets/kinds/index.ts';
import { scanText } from '../../../src/detectors/secrets/scan-text.ts';
import { createRandom } from '../../../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../../../src/simulate/secret-examples/index.ts';

const TIME = Date.UTC(2026, 10, 1);
const RULES = ['SEC-14', 'SEC-15', 'SEC-16'];
const kinds = KINDS.filter(({ rule }) => RULES.includes(rule));
const ROUNDS = 8;

const found = (text: string) => scanText(text, TIME).matches.filter(({ kind }) => RULES.includes(kind.rule));
const namesIn = (text: string) => found(text).map(({ kind }) => kind.name);

function example(kind: string, seed: string | number = 'a') {
  const { make } = SECRET_EXAMPLES.find((one) => one.kind === kind)!;
  return make(createRandom(`${kind} ${seed}`), TIME);
}
const secretOf = (kind: string, seed: string | number = 'a') => example(kind, seed).secrets[0]!;

/** Another character of the same sort. */
function flipped(token: string, at: number): string {
  const index = at < 0 ? token.length + at : at;
  const old = token[index]!;
  const other = /[0-9]/.test(old)
    ? old === '7'
      ? '3'
      : '7'
    : old === 'A'
      ? 'B'
      : old === 'a'
        ? 'b'
        : /[A-Z]/.test(old)
          ? 'A'
          : 'a';
  return token.slice(0, index) + other + token.slice(index + 1);
}

describe('the table', () => {
  it('has the kinds that it says, each with its source', () => {
    expect(kinds.length).toBeGreaterThanOrEqual(230);
    for (const { name, source } of kinds) expect(source, name).toMatch(/^https:\/\/[^\s]+$/);
  });

  it.each(kinds.map(({ name }) => name))('%s: its examples are found once, and at their place', (name) => {
    for (let round = 0; round < ROUNDS; round++) {
      const { text, member, secrets } = example(name, round);
      const forms = [
        `INFO ${text} done`,
        ...(member ? [JSON.stringify({ at: 1, [member.key]: member.value })] : []),
      ];
      for (const form of forms) {
        const matches = found(form);
        expect(matches.map(({ kind, secret }) => [kind.name, secret])).toEqual([[name, secrets[0]]]);
        const { start, end, steps } = matches[0]!;
        if (steps.length === 0) expect(form.slice(start, end)).toBe(secrets[0]);
      }
    }
  });

  // The table's own promise: what is shown of a secret tells nothing.
  it.each(
    kinds
      .filter(({ publicPrefix }) => publicPrefix !== undefined)
      .map((kind) => [kind.name, kind.publicPrefix!] as const),
  )('%s: its first %i characters are the same in every one', (name, publicPrefix) => {
    const beginnings = new Set(
      Array.from({ length: 40 }, (_, seed) => secretOf(name, seed).slice(0, publicPrefix)),
    );
    // As many as it has prefixes of the same length.
    expect(beginnings.size).toBeLessThanOrEqual(6);
  });
});

/** Bare tokens: with a beginning of their own and nothing that may go on. */
const STANDING = kinds.filter(({ name, pattern, publicPrefix }) => {
  if (name.startsWith('azure-sas') || pattern === undefined || (publicPrefix ?? 0) < 3) return false;
  return pattern.flags === 'dg' && namesIn(`x ${secretOf(name)} y`).includes(name);
});

describe('a token inside of something longer', () => {
  it.each(STANDING.map(({ name }) => name))('%s is none of it', (name) => {
    const token = secretOf(name);
    // Behind: as many more as no length allows.
    for (const text of [`Qx7${token}`, `Qx_${token}`, `${token}${'Qx7'.repeat(1000)}`]) {
      expect(
        found(text).filter(({ secret }) => token.startsWith(secret) || secret === token),
        name,
      ).toEqual([]);
    }
  });
});

describe('a checksum', () => {
  it.each([
    'github-personal-token',
    'github-oauth-token',
    'github-user-token',
    'github-refresh-token',
    'npm-token',
    'vercel-personal-token',
    'vercel-gateway-key',
    'bitbucket-app-password',
    'bitbucket-access-token',
    'atlassian-api-token',
    'grafana-service-token',
    'age-secret-key',
  ])('of %s that is wrong is no token', (name) => {
    for (let round = 0; round < ROUNDS; round++) {
      const token = secretOf(name, round);
      const at = token.length - 1 - (round % 6);
      expect(namesIn(`key ${token}`)).toEqual([name]);
      expect(namesIn(`key ${flipped(token, at)}`)).toEqual([]);
      expect(namesIn(`key ${flipped(token, 20 + round)}`)).toEqual([]);
    }
  });

  it('that is right leaves no doubt', () => {
    for (const name of [
      'github-personal-token',
      'npm-token',
      'grafana-service-token',
      'cloudflare-user-token',
    ])
      expect(found(`key ${secretOf(name)}`)[0]!.verdict).toMatchObject({ verified: true, confidence: 1 });
  });

  it('of which the vendor says too little takes away no token', () => {
    const token = secretOf('cloudflare-user-token');
    expect(found(`key ${flipped(token, -1)}`)[0]!.verdict).toMatchObject({ verified: false });
    const github = secretOf('github-installation-token');
    expect(found(`key ${flipped(github, -1)}`)[0]!.verdict).toMatchObject({
      verified: false,
      confidence: 0.7,
    });
  });

  it('of a routable token of GitLab holds, one without is taken for what it looks like', () => {
    const routable = Array.from({ length: 20 }, (_, seed) => secretOf('gitlab-personal-token', seed)).find(
      (token) => token.includes('.'),
    )!;
    expect(found(`t ${routable}`)[0]!.verdict).toMatchObject({ verified: true });
    expect(namesIn(`t ${flipped(routable, -1)}`)).toEqual([]);
  });

  // GitHub's announcement of npm's and its own format prints these.
  it('is worked out as the issuers do', () => {
    const parts = ['ghp', '_zQWBuTSOoRi4A9spHcVY5', 'ncnsDkxkJ0mLq17'];
    expect(namesIn(parts.join(''))).toEqual(['github-personal-token']);
    const grafana = ['glsa', '_yscW25imSKJIuav8zF37RZmn', 'biDvB05G_fcaaf58a'];
    expect(namesIn(grafana.join(''))).toEqual(['grafana-service-token']);
  });
});

describe('what a token carries', () => {
  it.each([
    ['grafana-cloud-token', 'glc_', '{"a":1,"b":"0123456789012345678901234567890123456789"}'],
    ['onepassword-service-token', 'ops_', JSON.stringify({ pad: 'x1'.repeat(150) })],
    ['grafana-key', '', '{"k":"0123456789012345678901234567890123456789","x":1}'],
  ])('%s without its members is none', (_, start, payload) => {
    expect(namesIn(`t ${start}${Buffer.from(payload).toString('base64')}`)).toEqual([]);
  });

  it('of JFrog, Intercom, Discord and Bitbucket must decode', () => {
    for (const name of ['artifactory-reference-token', 'intercom-token', 'bitbucket-server-token'])
      expect(found(`t ${secretOf(name)}`)[0]!.verdict.verified, name).toBe(true);
    const random = createRandom('no token');
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    for (const [start, length, end] of [
      ['cmVmdGtu', 56, ''],
      ['dG9rO', 54, '='],
      ['BBDC-M', 43, ''],
    ] as const)
      expect(namesIn(`t ${start}${random.text(letters, length)}${end}`), start).toEqual([]);
    const bot = secretOf('discord-bot-token');
    expect(namesIn(`DISCORD_TOKEN=${bot}`)).toEqual(['discord-bot-token']);
    expect(namesIn(`DISCORD_TOKEN=MZZZ${bot.slice(4)}`)).toEqual([]);
  });
});

describe('what is nearly one', () => {
  it('is a Slack token of zeros and crosses', () => {
    const token = ['xoxb', '0'.repeat(12), '0'.repeat(12), 'x'.repeat(24)].join('-');
    expect(scanText(`INFO slack token ${token}`, Number.NaN).matches).toEqual([]);
  });

  it.each([
    ['placeholder', `ghs_${'x'.repeat(36)}`],
    ['repeated digits', `GITHUB=glptt-${'0'.repeat(40)}`],
    ['counting', `dapi${'0123456789abcdef'.repeat(2)}`],
    ['alphabet', `hf_${'abcdefghijklmnopqrstuvwxyzabcdefgh'}`],
    ['words', `hf_${'someFunctionNameThatIsQuiteLongOhh'.toLowerCase()}`],
    ['words of a path', 're_building_the_index_of_all_orders_now'],
    ['example', `AIza${'SyExampleKeyForTheDocumentation1234'}`],
    ['masked', `STRIPE=sk_live_${'*'.repeat(24)}`],
    ['publishable key', `pk_live_${'4eC39HqLyjWDarjtT1zdp7dc'}`],
    ['a bare UUID', 'snyk found 550e8400-e29b-41d4-a716-446655440000'],
    ['a bare digest', `datadog ${'9b74c9897bac770ffc029102a200c5de'}`],
    ['another name', `my_added_api_key_hash: ${'9b74c9897bac770ffc029102a200c5de'}`],
    ['a name that ends alike', `addApiKey=${'9b74c9897bac770ffc029102a200c5de'}`],
    ['region', 'bucket orders-us2 in x-us1'],
    ['import of Java', 'javax.net.ssl.SSLHandshakeException: PKIX path'],
    ['MAC address', 'eth0 12345678:AA:BB:CC'],
    ['host of a webhook', 'connected to hooks.slack.com:443'],
    ['documented webhook', `https://hooks.slack.com/services/T00000000/B00000000/${'X'.repeat(24)}`],
    ['version', 'deploying v1.0-rc1 of orders'],
  ])('%s', (_, text) => {
    expect(namesIn(text)).toEqual([]);
  });
});

describe('what belongs together', () => {
  it('gives Paystack its own, and leaves Stripe the rest of the prefix', () => {
    expect(namesIn(`k ${secretOf('paystack-key')}`)).toEqual(['paystack-key']);
    expect(namesIn(`k ${secretOf('stripe-secret-key')}`)).toEqual(['stripe-secret-key']);
  });

  it('tells of a Google Chat webhook its token, not the key that all of them share', () => {
    const { text, secrets } = example('google-chat-webhook');
    expect(found(text).map(({ kind, secret }) => [kind.name, secret])).toEqual([
      ['google-chat-webhook', secrets[0]],
    ]);
  });

  it('sees an Azure key once: by its signature, or else by its name', () => {
    const key = secretOf('azure-storage-key');
    expect(namesIn(`AccountName=orders;AccountKey=${key};EndpointSuffix=core.windows.net`)).toEqual([
      'azure-storage-key',
    ]);
    expect(namesIn(`storage_account_key=${encodeURIComponent(key)}`)).toEqual(['azure-storage-key']);
    expect(namesIn(secretOf('azure-devops-token'))).toEqual(['azure-devops-token']);
  });

  it('finds webhooks inside of other addresses', () => {
    const { member, secrets } = example('make-webhook');
    const text = `GET /login?next=${encodeURIComponent(member!.value)}`;
    expect(found(text).map(({ kind, secret }) => [kind.name, secret])).toEqual([
      ['make-webhook', secrets[0]],
    ]);
  });
});
