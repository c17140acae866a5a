// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how Fn::Sub is written

import { describe, expect, it } from 'vitest';
import { createResolver, type Template } from './template.ts';

const template: Template = {
  Parameters: { Size: { Default: 3 }, Name: {} },
  Mappings: { Zones: { here: { zone: 'a' } } },
  Conditions: {
    Yes: { 'Fn::Equals': ['x', 'x'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    One: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
  },
  Resources: {},
};

const resolver = createResolver({
  template,
  stackName: 'trial',
  parameters: { Name: 'given' },
  made: async (logicalId, where) => {
    if (logicalId !== 'Queue') throw new Error(`${where}: there is no resource ${logicalId}`);
    return { ref: 'url', attributes: { Arn: 'arn:queue', 'Nested.Name': 'deep' } };
  },
  dynamic: (reference) => `<${reference}>`,
});

describe('templates', () => {
  it.each([
    [{ Ref: 'Queue' }, 'url'],
    [{ Ref: 'Size' }, 3],
    [{ Ref: 'Name' }, 'given'],
    [{ Ref: 'AWS::StackName' }, 'trial'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
    [{ 'Fn::GetAtt': 'Queue.Nested.Name' }, 'deep'],
    [
      { 'Fn::Sub': 'a-${Queue}-${Queue.Arn}-${!Literal}-${AWS::Region}' },
      'a-url-arn:queue-${Literal}-us-east-1',
    ],
    [{ 'Fn::Sub': ['${x}/${Queue}', { x: { Ref: 'Size' } }] }, '3/url'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Queue' }]] }, 'a-url'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b'] }] }, 'b'],
    [{ 'Fn::If': ['One', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::If': ['Both', 'yes', { Ref: 'AWS::NoValue' }] }, undefined],
    [{ a: { Ref: 'AWS::NoValue' }, b: [{ 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] }] }, { b: [] }],
    [{ 'Fn::FindInMap': ['Zones', 'here', 'zone'] }, 'a'],
    [{ 'Fn::Base64': 'text' }, 'dGV4dA=='],
    [{ 'Fn::Sub': '{{resolve:secretsmanager:${Queue}:SecretString}}' }, '<secretsmanager:url:SecretString>'],
  ])('%j', async (value, expected) => {
    expect(await resolver.resolve(value, 'here')).toEqual(expected);
  });

  it.each([
    [{ 'Fn::Cidr': ['10.0.0.0/8', 1] }, 'here.Fn::Cidr: Fn::Cidr is not known'],
    [{ a: { Ref: 'Gone' } }, 'here.a.Ref: there is no resource Gone'],
    [{ 'Fn::GetAtt': ['Queue', 'Colour'] }, 'Queue has no attribute Colour'],
    [{ 'Fn::If': ['Perhaps', 1, 2] }, 'there is no condition Perhaps'],
    [{ 'Fn::FindInMap': ['Zones', 'there', 'zone'] }, 'no Zones.there.zone'],
  ])('%j is an error', async (value, words) => {
    await expect(resolver.resolve(value, 'here')).rejects.toThrow(words);
  });
});
