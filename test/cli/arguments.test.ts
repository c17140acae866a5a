import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';

const parse = (...argv: string[]) => parseArguments(argv, '9.8.7');

function replayOptions(...argv: string[]) {
  const parsed = parse('replay', ...argv);
  if (parsed.command !== 'replay') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

const DEFAULTS = { inputs: ['logs'], format: 'pretty', failOn: 'HIGH', progress: true, color: 'auto' };

describe('replay', () => {
  it('has defaults', () => {
    expect(replayOptions('logs')).toEqual(DEFAULTS);
  });

  it('takes several inputs, standard input and S3 among them', () => {
    expect(replayOptions('a', '-', 's3://b/c').inputs).toEqual(['a', '-', 's3://b/c']);
    expect(replayOptions('--format', 'jsonl', '--', '--odd-name').inputs).toEqual(['--odd-name']);
  });

  it.each<[string[], object]>([
    [['--from', '2026-11-01'], { from: Date.UTC(2026, 10, 1) }],
    [['--to', '2026-11-01T12:30:15.5Z'], { to: Date.UTC(2026, 10, 1, 12, 30, 15, 500) }],
    [
      ['--account', '111122223333', '--account', '444455556666'],
      { account: ['111122223333', '444455556666'] },
    ],
    [['--region', 'us-east-1', '--region', 'us-gov-west-1'], { region: ['us-east-1', 'us-gov-west-1'] }],
    [['--out', 'o'], { out: 'o' }],
    [['--format', 'jsonl'], { format: 'jsonl' }],
    [['--fail-on', 'low'], { failOn: 'LOW' }],
    [['--fail-on', 'NONE'], { failOn: 'none' }],
    [['--config', 'c.yml'], { config: 'c.yml' }],
    [['--state', 's.db'], { state: 's.db' }],
    [['--fingerprint-key', 'k'], { fingerprintKey: 'k' }],
    [['--summary', 's.json'], { summary: 's.json' }],
    [
      ['--flow-format', 'version  account-id,interface_id'],
      { flowFormat: ['version', 'account-id', 'interface-id'] },
    ],
    [['--ip-ranges', 'r.json'], { ipRanges: 'r.json' }],
    [['--endpoint-url', 'http://127.0.0.1:9000'], { endpointUrl: 'http://127.0.0.1:9000' }],
    [['--dry-run'], { dryRun: true }],
    [['-q'], { quiet: true }],
    [['--no-progress'], { progress: false }],
    [['--color', 'never'], { color: 'never' }],
  ])('%j', (argv, options) => {
    expect(replayOptions('logs', ...argv)).toEqual({ ...DEFAULTS, ...options });
  });

  it('takes the format as AWS shows it', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is AWS's way to write it
    expect(replayOptions('logs', '--flow-format', '${version} ${account-id}').flowFormat).toEqual([
      'version',
      'account-id',
    ]);
  });
});

describe('config check', () => {
  it('takes both files, or none', () => {
    expect(parse('config', 'check')).toEqual({ command: 'config-check', options: {} });
    expect(parse('config', 'check', '--config', 'c.yml', '--suppressions', 's.yml')).toEqual({
      command: 'config-check',
      options: { config: 'c.yml', suppressions: 's.yml' },
    });
  });
});

describe('wrong usage', () => {
  it.each<[string[], RegExp]>([
    [['config'], /Usage: wiretrail config/],
    [['config', 'chek'], /unknown command 'chek'.*Did you mean check/s],
    [['config', 'check', 'c.yml'], /too many arguments/],
    [['config', 'check', '--nope'], /unknown option '--nope'/],
    [[], /Usage: wiretrail/],
    [['nope'], /unknown command 'nope'/],
    [['replya', 'x'], /Did you mean replay/],
    [['--nope'], /unknown option '--nope'/],
    [['replay'], /missing required argument 'input'/],
    [['replay', 'x', '--nope'], /unknown option '--nope'/],
    [['replay', 'x', '--workers', '4'], /unknown option/],
    [['replay', 'x', '--from', '2026-02-30'], /--from.*Give a real date/s],
    [['replay', 'x', '--from', 'yesterday'], /Give a real date/],
    [['replay', 'x', '--from', '2026-11-01T00:00:00+01:00'], /Give a real date/],
    [['replay', 'x', '--from', '2026-11-02', '--to', '2026-11-01'], /--from must lie before --to/],
    [['replay', 'x', '--from', '2026-11-01', '--to', '2026-11-01'], /--from must lie before --to/],
    [['replay', 'x', '--account', '1234'], /twelve digits/],
    [['replay', 'x', '--region', 'Frankfurt'], /such as us-east-1/],
    [['replay', 'x', '--fail-on', 'severe'], /Give one of critical/],
    [['replay', 'x', '--format', 'html'], /Allowed choices are pretty, jsonl/],
    [['replay', 'x', '--endpoint-url', 'localhost:9000'], /Give a URL/],
    [['replay', 'x', '--flow-format', ' , '], /--flow-format.*no field names; use the names of/s],
    [['replay', 'x', '--flow-format', 'version srcadr'], /--flow-format.*no such field: srcadr; use/s],
    [['replay', 'x', '--flow-format', 'version $(id)'], /no such field: \$\(id\)/],
    [['simulate'], /--out/],
    [['simulate', '--out', 'o', '--days', 'x'], /whole number/],
    [['simulate', '--out', 'o', '--scenario', 'XYZ-01'], /Give a rule id/],
    [['ip-ranges', 'x'], /--out/],
    [['detections', 'a', 'b'], /too many arguments/],
  ])('%j', (argv, message) => {
    const parsed = parse(...argv);
    expect(parsed).toMatchObject({ command: 'usage-error' });
    expect((parsed as { message: string }).message).toMatch(message);
    expect((parsed as { message: string }).message).not.toMatch(/^error/);
  });

  it.each<[string[], string]>([
    [['nope'], 'wiretrail --help'],
    [['secrets', '--nope'], 'wiretrail secrets --help'],
    [['replay'], 'wiretrail replay --help'],
    [['config', 'check', '--nope'], 'wiretrail config check --help'],
  ])('%j: the help of that very command is named', (argv, hint) => {
    expect((parse(...argv) as { message: string }).message).toMatch(new RegExp(`→ ${hint} shows`));
  });

  it('is all that odd arguments can be: nothing throws, nothing is printed', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'replay',
        'simulate',
        'detections',
        'ip-ranges',
        '--out',
        '--from',
        '--help',
        '-V',
        '-',
        '--',
        '-q',
        '--fail-on',
      ),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        expect(['replay', 'simulate', 'detections', 'ip-ranges', 'print', 'usage-error']).toContain(
          parse(...argv).command,
        );
      }),
    );
  });
});

describe('the other commands', () => {
  it('simulate', () => {
    expect(parse('simulate', '--out', 'o')).toEqual({
      command: 'simulate',
      options: { out: 'o', seed: '1' },
    });
    expect(
      parse(
        'simulate',
        '--out',
        'o',
        '--seed',
        'abc',
        '--days',
        '2',
        '--principals',
        '9',
        '--records',
        '5000',
        '--scenario',
        'TLS-06',
        'SEC',
      ),
    ).toEqual({
      command: 'simulate',
      options: { out: 'o', seed: 'abc', days: 2, principals: 9, records: 5000, scenario: ['TLS-06', 'SEC'] },
    });
  });

  it('detections and ip-ranges', () => {
    expect(parse('detections')).toEqual({ command: 'detections', options: {} });
    expect(parse('detections', 'TLS-06')).toEqual({ command: 'detections', options: { id: 'TLS-06' } });
    expect(parse('ip-ranges', 'in.json', '--out', 'table.ts')).toEqual({
      command: 'ip-ranges',
      options: { input: 'in.json', out: 'table.ts' },
    });
  });

  it('help and version', () => {
    expect(parse('--version')).toEqual({ command: 'print', text: '9.8.7\n' });
    const help = parse('--help');
    expect(help).toMatchObject({ command: 'print' });
    expect((help as { text: string }).text).toMatch(/Exit codes:\s+0 .*\s+1 .*\s+2 .*\s+130 /);
    expect(parse('replay', '--help')).toMatchObject({
      command: 'print',
      text: expect.stringContaining('--fail-on'),
    });
  });
});
