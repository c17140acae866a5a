import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { albAccessTimeMs, parseAlbAccess } from '../../src/records/alb-access.ts';
import { albLine } from './access-lines.ts';

const NOON = Date.UTC(2026, 9, 5, 12);

function at(line: string) {
  const before = 'an earlier line\n';
  const bytes = Buffer.from(`${before}${line}\n"a later" line`, 'latin1');
  const start = before.length;
  const end = start + Buffer.byteLength(line, 'latin1');
  return { timeMs: albAccessTimeMs(bytes, start, end), fields: parseAlbAccess(bytes, start, end) };
}

describe('ALB access lines', () => {
  it('reads every field that is asked for', () => {
    expect(at(albLine())).toEqual({
      timeMs: NOON + 186,
      fields: {
        type: 'https',
        loadBalancer: 'app/orders/50dc6c495c0c9188',
        clientIp: '198.18.7.9',
        status: 200,
        method: 'GET',
        host: 'shop.example.com',
        port: 443,
        path: '/a',
        query: 'b=c',
        cipher: 'ECDHE-RSA-AES128-GCM-SHA256',
        protocol: 'TLSv1.2',
        targetGroupArn:
          'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067',
        actions: 'forward',
      },
    });
  });

  it.each(['http', 'https', 'h2', 'grpcs', 'ws', 'wss', 'h3'])('knows the type %s', (type) => {
    const { timeMs, fields } = at(albLine({ type, tls: '- -' }));
    expect(timeMs).toBe(NOON + 186);
    expect(fields).toMatchObject({ type, cipher: '', protocol: '', actions: 'forward' });
  });

  it.each([
    [
      'a request of no HTTP',
      { request: '- http://orders.example.com:80- -' },
      { method: '', path: '/', host: 'orders.example.com' },
    ],
    ['nothing at all', { request: '- - - ' }, { method: '', path: '/', host: '' }],
    [
      'an IPv6 client and host',
      { client: '[2001:db8::7]:443', request: 'GET http://[2001:db8::1]:80/x HTTP/1.1' },
      { clientIp: '2001:db8::7', host: '[2001:db8::1]', path: '/x' },
    ],
    [
      'a quote in the request',
      { request: 'GET http://h:80/\\x22%20b?c=\\x22 HTTP/1.1' },
      { path: '/\\x22%20b', status: 200 },
    ],
    ['a quote in the user agent', { userAgent: 'x\\x22 - - arn' }, { actions: 'forward' }],
    ['spaces in the request', { request: 'GET http://h:80/a b c HTTP/1.1' }, { path: '/a' }],
    ['no answer', { answer: '- - 0 0' }, { status: 0 }],
    ['several actions', { actions: 'waf,redirect' }, { actions: 'waf,redirect' }],
    ['a line of 2018', { tail: '"-" "-"' }, { actions: 'forward', path: '/a' }],
    ['fields of tomorrow', { tail: '"-" '.repeat(60) }, { actions: 'forward' }],
  ])('reads %s', (_name, given, expected) => {
    expect(at(albLine(given)).fields).toMatchObject(expected);
  });

  it.each([
    [
      'a classic load balancer',
      '2026-10-05T12:00:00.186641Z my-elb 10.0.0.1:2817 10.0.0.2:80 0 0 0 200 200 0 29 "GET http://a:80/ HTTP/1.1"',
    ],
    ['a network load balancer', 'tls 2.0 2026-10-05T12:00:00 net/my-nlb/c6e77e28c25b2234 g3d4b5e8bb8464cd'],
    [
      'a connection log',
      '2026-10-05T12:00:00.186641Z 10.0.0.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 4.036 - "-" "-" "-"',
    ],
    ['words', 'http is a protocol, app/ is a folder'],
    ['a time without its zone', 'http 2026-10-05T12:00:00 app/a/b 1.2.3.4:5'],
  ])('does not take %s for a line of an ALB', (_name, line) => {
    expect(at(line)).toEqual({ timeMs: Number.NaN, fields: null });
  });

  it('does not read a line that is cut before its request ends', () => {
    const line = albLine();
    expect(at(line.slice(0, line.indexOf('GET') + 5)).fields).toBeNull();
  });

  it('throws for nothing', () => {
    const part = fc.oneof(
      fc.constantFrom('"', ' ', '" "', '\\x22', 'http://', 'app/', albLine()),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.nat(600), (parts, cut) => {
        at(parts.join(''));
        at(albLine({ request: parts.join('') }));
        at(`${albLine().slice(0, cut)}${parts.join('')}`);
      }),
      { numRuns: 300 },
    );
  });

  it('takes linear time', () => {
    for (const noise of ['"', ' ', '" "', '/', 'a', 'http://a:', '?']) {
      const started = performance.now();
      at(albLine({ request: `GET http://h:80/${noise.repeat(200_000)}`, tail: noise.repeat(200_000) }));
      expect(performance.now() - started).toBeLessThan(500);
    }
  });
});
