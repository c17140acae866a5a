// Runs the real command line, in a process of its own or in this one, and makes logs for it.

import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { main } from '../../src/cli/main.ts';

const LAUNCHER = fileURLToPath(new URL('../../src/cli/wiretrail.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `home` holds the key that the run makes: nothing of the user's own is read or written. */
export function spawnWiretrail(argv: readonly string[], home: string, env: Record<string, string> = {}) {
  return spawn(process.execPath, [LAUNCHER, ...argv], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export function runWiretrail(
  argv: readonly string[],
  home: string,
  options: { readonly env?: Record<string, string>; readonly stdin?: string | Buffer } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawnWiretrail(argv, home, options.env);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => undefined).end(options.stdin ?? '');
  });
}

/**
 * The same in this process, which has read and compiled everything already: a twentieth of the time. For what does not depend on how a
 * process begins and ends. Runs of one test file come one after the other: a process has one working folder.
 */
export async function runHere(
  argv: readonly string[],
  home: string,
  options: { readonly env?: Record<string, string>; readonly stdin?: string | Buffer } = {},
): Promise<Ran> {
  const before = process.cwd();
  process.chdir(home);
  try {
    const stdout = written();
    const stderr = written();
    let exited: number | null = null;
    const code = await main(argv, {
      stdin: Readable.from([Buffer.from(options.stdin ?? '')]),
      stdout: stdout.stream,
      stderr: stderr.stream,
      env: { PATH: process.env.PATH, HOME: home, ...options.env },
      now: Date.now,
      onInterrupt: () => () => undefined,
      exit: (given) => {
        exited = given;
      },
    });
    return { code: exited ?? code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.chdir(before);
  }
}

function written(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

/** One CloudTrail call of the root user: a finding of HIGH or more without any history. */
export function rootCall(n: number, changes: object = {}): object {
  const minute = String(n % 60).padStart(2, '0');
  const hour = String(Math.floor(n / 60) % 24).padStart(2, '0');
  return {
    eventVersion: '1.08',
    userIdentity: {
      type: 'Root',
      principalId: '111122223333',
      arn: 'arn:aws:iam::111122223333:root',
      accountId: '111122223333',
    },
    eventTime: `2026-10-05T${hour}:${minute}:00Z`,
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateAccessKey',
    awsRegion: 'us-east-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.17',
    requestParameters: null,
    responseElements: null,
    eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    ...changes,
  };
}

/** A call that no rule minds. */
export function quietCall(n: number): object {
  return rootCall(n, {
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: 'arn:aws:iam::111122223333:user/ann',
      accountId: '111122223333',
      userName: 'ann',
    },
    eventSource: 'ec2.amazonaws.com',
    eventName: 'DescribeInstances',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: 'ec2.us-east-1.amazonaws.com',
    },
  });
}

export function trailObject(calls: readonly object[]): Buffer {
  return gzipSync(JSON.stringify({ Records: calls }));
}
