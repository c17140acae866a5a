import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, parseConfig } from '../src/config.ts';
import { WiretrailError } from '../src/lib/errors.ts';

function errorOf(text: string): WiretrailError {
  try {
    parseConfig(text, 'wiretrail.yml');
  } catch (error) {
    if (error instanceof WiretrailError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('a configuration', () => {
  it('that is empty, or says nothing, is the default', () => {
    for (const text of ['', '# nothing yet\n', '{}', 'version: 1\n'])
      expect(parseConfig(text, 'x')).toEqual(DEFAULT_SETTINGS);
  });

  it('is YAML, or JSON', () => {
    const settings = {
      ownResources: ['wiretrail-*'],
      logChains: [['/aws/alb', '/app/orders']],
      identityForwarders: ['203.0.113.0/24'],
      minimumRetentionDays: 90,
      ownHosts: ['ddb.corp.internal:8443', '*.ddb.corp.internal'],
      ownAccounts: ['044455556666'],
      dynamodbEndpoints: [
        {
          vpcEndpoint: 'vpce-0a1b2c3d4e5f60718',
          region: 'us-east-1',
          addresses: ['10.0.4.17', '10.0.5.0/28'],
        },
      ],
    };
    expect(parseConfig(JSON.stringify(settings), 'x')).toEqual(settings);
    expect(
      parseConfig(
        [
          'ownResources: [wiretrail-*]',
          'logChains:',
          '  - [/aws/alb, /app/orders]',
          'identityForwarders:',
          '  - 203.0.113.0/24',
          'minimumRetentionDays: 90',
          'ownHosts: [ddb.corp.internal:8443, "*.ddb.corp.internal"]',
          'ownAccounts: ["044455556666"]',
          'dynamodbEndpoints:',
          '  - vpcEndpoint: vpce-0a1b2c3d4e5f60718',
          '    region: us-east-1',
          '    addresses: [10.0.4.17, 10.0.5.0/28]',
        ].join('\n'),
        'x',
      ),
    ).toEqual(settings);
  });

  it.each([
    ['ownResource: [a]', /unknown setting "ownResource"/],
    ['ownResources: a', /^wiretrail\.yml: ownResources: /],
    ['logChains: [[a, b], [a, 7]]', /logChains\[1\]\[1\]: /],
    ['logChains: [[a]]', /logChains\[0\]: /],
    ['ownHosts: ["*"]', /ownHosts\[0\]: is neither a host name/],
    ['ownHosts: ["*.amazonaws.com"]', /ownHosts\[0\]: is neither a host name/],
    ['ownHosts: ["http://ddb.corp.internal"]', /ownHosts\[0\]: is neither a host name/],
    [
      'dynamodbEndpoints: [{ vpcEndpoint: vpc-1, region: us-east-1, addresses: [10.0.0.1] }]',
      /dynamodbEndpoints\[0\]\.vpcEndpoint: is no id/,
    ],
    [
      'dynamodbEndpoints: [{ vpcEndpoint: vpce-0a1b2c3d, region: us-east-1, addresses: [10.0.0.0/8] }]',
      /dynamodbEndpoints\[0\]\.addresses\[0\]: is no address and no network of at least 24 bits/,
    ],
    [
      'dynamodbEndpoints: [{ vpcEndpoint: vpce-0a1b2c3d, region: here, addresses: [] }]',
      /region: is no region; dynamodbEndpoints\[0\]\.addresses: /,
    ],
    ['minimumRetentionDays: 0', /minimumRetentionDays: /],
    ['minimumRetentionDays: 1.5', /minimumRetentionDays: /],
    ['version: 2', /version: /],
    ['- a', /the file: /],
    ['a: [1', /is not YAML: .* at line 1, column/],
    ['ownResources: [a]\nownResources: [b]', /is not YAML: .* at line 2, column/],
  ])('%j says what is wrong and where', (text, message) => {
    const error = errorOf(text);
    expect(error.message).toMatch(message);
    expect(error.code).toBe('E_CONFIG');
    expect(error.hint).not.toBe('');
  });

  it('does not expand into more than it is', () => {
    const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from(
      { length: 9 },
      (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`,
    ).join('\n')}`;
    expect(errorOf(bomb).message).toContain('expands to too much');
  });

  it('that is a log is refused before it is parsed', () => {
    expect(errorOf('x'.repeat(2_000_000)).message).toContain('larger than');
  });
});
