import { expect, test } from 'vitest';
import { isOwnResource, nameOf } from '../../../src/detectors/policy/own-resources.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:orders';

test.each([
  ['orders', 'orders'],
  [FUNCTION, 'orders'],
  [`${FUNCTION}:live`, 'orders'],
  ['111122223333:function:orders', 'orders'],
  ['arn:aws:cloudtrail:us-east-1:111122223333:trail/org-trail', 'org-trail'],
  ['arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/orders:*', '/aws/lambda/orders'],
  ['arn:aws:events:us-east-1:111122223333:rule/nightly', 'nightly'],
  ['arn:aws:sns:us-east-1:111122223333:findings', 'findings'],
  ['arn:aws:sns:us-east-1:111122223333:findings:0b1c2d3e', 'findings'],
  ['/aws/lambda/orders', '/aws/lambda/orders'],
  ['', ''],
])('%s is called %s', (resource, name) => {
  expect(nameOf(resource)).toBe(name);
});

test.each([
  ['orders', 'orders', true],
  ['orders', FUNCTION, true],
  [`${FUNCTION}:live`, 'orders', true],
  [`${FUNCTION}:live`, FUNCTION, true],
  ['arn:aws:lambda:us-east-1:999999999999:function:orders', FUNCTION, false],
  ['orders-api', 'orders', false],
  ['', 'orders', false],
])('%s against %s: %s', (resource, own, expected) => {
  expect(isOwnResource(resource, ['other', own])).toBe(expected);
});
