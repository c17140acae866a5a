import { describe, expect, it } from 'vitest';
import { attempts, errorName, httpStatus } from '../../src/lib/service-error.ts';

describe('what is told of an error of a service', () => {
  it.each([
    [
      'the name that the service gave',
      Object.assign(new Error('body'), { name: 'AccessDenied' }),
      'AccessDenied',
    ],
    [
      'the code of the socket',
      Object.assign(new Error('to 10.0.0.1'), { code: 'ECONNREFUSED' }),
      'ECONNREFUSED',
    ],
    ['the name rather than a code', { name: 'Throttled', code: 'X' }, 'Throttled'],
    [
      'a name that a server made up, without what could be text',
      { name: `A b\n<i>${'x'.repeat(99)}` },
      `Abi${'x'.repeat(57)}`,
    ],
    ['nothing of what is no error', 'message', ''],
    ['nothing of null', null, ''],
  ])('%s', (_name, error, expected) => {
    expect(errorName(error)).toBe(expected);
  });

  it('and the status and number of tries, where there are any', () => {
    const error = { $metadata: { httpStatusCode: 503, attempts: 4 } };
    expect([httpStatus(error), attempts(error)]).toEqual([503, 4]);
    expect([httpStatus(new Error('x')), attempts(null)]).toEqual([0, 1]);
  });
});
