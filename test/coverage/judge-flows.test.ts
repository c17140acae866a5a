import { describe, expect, it } from 'vitest';
import { addFact, MANY, MANY_FLOWS } from '../../src/coverage/log-facts.ts';
import { noteObject } from '../../src/coverage/watch-logs.ts';
import type { FlowRecord } from '../../src/records/record.ts';
import { flowRecord } from '../detectors/plain-records.ts';
import { commandsOf, coverageOf, good, judge, kms } from './judged-logs.ts';
import { ACCOUNT, ALL_FIELDS, dataCall, factsOf, flow, PLAIN_FIELDS } from './sample-logs.ts';

describe('flows', () => {
  const from = (sourceIPAddress: string, over: object = {}) => dataCall({ sourceIPAddress, ...over });

  it('are not there: those of VPCs that call DynamoDB are wanted first', () => {
    const endpoint = { vpcEndpointId: 'vpce-0123456789abcdef0' };
    expect(judge([kms(), from('10.0.3.17', endpoint)], 'flows')).toEqual([
      'blind',
      'no-flows: no VPC flow log (111122223333 us-east-1)',
    ]);
    const [create] = commandsOf([from('10.0.3.17', endpoint)], 'no-flows');
    expect(create).toContain(
      'describe-vpc-endpoints --region us-east-1 --vpc-endpoint-ids vpce-0123456789abcdef0',
    );
    for (const field of ALL_FIELDS) expect(create).toContain(`\${${field}}`);
    expect(commandsOf([from('10.0.3.17')], 'no-flows')[0]).toContain('Values=10.0.3.17');
    expect(commandsOf([kms()], 'no-flows')[0]).toContain('describe-vpcs --region us-east-1');
  });

  it('are not there where DynamoDB is called from', () => {
    expect(judge([...good, from('10.0.3.17', { awsRegion: 'eu-west-1' })], 'flows')).toEqual([
      'partly',
      'no-flows-where-called: DynamoDB is called from VPCs of accounts and regions without flow logs (111122223333 eu-west-1)',
    ]);
  });

  it('know no address of a network that calls DynamoDB', () => {
    const endpoint = { vpcEndpointId: 'vpce-0123456789abcdef0' };
    expect(judge([...good, from('10.0.4.1', endpoint), from('10.0.4.2', endpoint)], 'flows')).toEqual([
      'partly',
      'no-flows-of-network: DynamoDB is called from networks that no flow record knows (10.0.4.0/24 vpce-0123456789abcdef0 111122223333 us-east-1)',
    ]);
    expect(judge([...good, from('10.0.3.200')], 'flows')).toEqual(['seeing']);
    // Another VPC’s flow log that tells of a flow to it, and a network of this name in another region.
    const to = flow(ALL_FIELDS, { dstaddr: '10.0.4.1', 'flow-direction': 'egress' });
    const elsewhere = flow(ALL_FIELDS, { srcaddr: '10.0.4.1', region: 'eu-west-1' });
    expect(judge([...good, from('10.0.4.1'), to, elsewhere], 'flows')[1]).toMatch(/^no-flows-of-network/);
    const answer = flow(ALL_FIELDS, { dstaddr: '10.0.4.1', 'flow-direction': 'ingress' });
    expect(judge([...good, from('10.0.4.1'), answer], 'flows')).toEqual(['seeing']);
    // A log that does not say its region, and a caller of whom no private address is known.
    expect(judge([flow(PLAIN_FIELDS), from('10.0.3.200'), dataCall()], 'flows')).toEqual(['seeing']);
  });

  it('of transit gateways show a part of the traffic', () => {
    const transit = {} as FlowRecord['transit'];
    const passing = flowRecord(
      { 'account-id': ACCOUNT, region: 'us-east-1', srcaddr: '10.0.9.9' },
      { transit },
    );
    expect(judge([passing], 'flows')[1]).toMatch(/^only-transit-flows/);
    expect(judge([passing], 'accepted-flows', 'flow-client')).toEqual(['seeing']);
    expect(judge([...good, passing, from('10.0.9.9')], 'flows')[1]).toMatch(/^no-flows-of-network/);
  });

  it('are of one action only', () => {
    const accepted = factsOf([flow(ALL_FIELDS)]);
    expect(judge(accepted, 'rejected-flows')).toEqual(['seeing']);
    accepted.flows.rows.values().next().value![0] = MANY_FLOWS;
    expect(judge(accepted, 'rejected-flows')[1]).toMatch(/^only-accepted-flows.*10000 or more/);
    expect(judge([flow(ALL_FIELDS, { action: 'REJECT' })], 'accepted-flows')).toEqual([
      'blind',
      'only-rejected-flows: flow logs hold rejected traffic only (111122223333 us-east-1)',
    ]);
  });

  it('have not all fields, or some have not', () => {
    expect(judge([flow(PLAIN_FIELDS)], 'flow-service', 'flow-tcp-flags')).toEqual([
      'blind',
      'flow-fields: flow logs without fields that rules use: pkt-src-aws-service, pkt-dst-aws-service, tcp-flags (111122223333)',
    ]);
    expect(judge([flow(PLAIN_FIELDS), flow(ALL_FIELDS)], 'flow-service')[0]).toBe('partly');
    const six = coverageOf([...good, flow(PLAIN_FIELDS)]).detectors.find(({ rule }) => rule === 'TLS-06')!;
    expect(six).toMatchObject({ state: 'partly', reasons: [{ code: 'flow-fields', effect: 'partly' }] });
    const seven = coverageOf([...good, flow(PLAIN_FIELDS)]).detectors.find(({ rule }) => rule === 'TLS-07')!;
    expect(seven).toMatchObject({ state: 'seeing', reasons: [{ code: 'flow-fields', effect: 'note' }] });
  });

  it.each([
    ['action', ['action'], { 'TLS-08': 'blind' }],
    ['size', ['packets', 'bytes'], { 'TLS-08': 'partly' }],
    ['packets', ['packets'], { 'TLS-08': 'partly' }],
    ['ports', ['srcport', 'dstport', 'protocol'], { 'TLS-08': 'blind' }],
    ['protocol', ['protocol'], { 'TLS-08': 'blind' }],
  ])('without %s show no rule what it looks for', (_, without, eight) => {
    const rest = good.filter(({ kind }) => kind !== 'flow');
    const fields = ALL_FIELDS.filter((field) => !without.includes(field));
    const judged = coverageOf([...rest, flow(fields)]);
    const states = Object.fromEntries(judged.detectors.map(({ rule, state }) => [rule, state]));
    const blind = { 'TLS-06': 'blind', 'TLS-07': 'blind', 'TLS-09': 'blind', 'TLS-11': 'blind' };
    expect(states).toMatchObject({ ...blind, ...eight });
    const told = judged.reasons.find(({ code }) => code === 'flow-fields')!;
    for (const field of without) expect(told.text).toContain(field);
    expect(told.steps.map(({ command }) => command).join()).toContain('create-flow-logs');
  });

  it('of which no line has an action are taken for neither accepted nor rejected', () => {
    const silent = flow(ALL_FIELDS, { action: '-' });
    expect(judge([silent], 'accepted-flows')).toEqual([
      'blind',
      'flow-fields: flow logs without fields that rules use: action (111122223333 us-east-1)',
    ]);
    expect(judge([silent, flow(ALL_FIELDS, { region: 'eu-west-1' })], 'rejected-flows')[0]).toBe('partly');
  });

  it('whose facts were stored before a field was looked for are not without it', () => {
    const facts = factsOf([]);
    addFact(facts, 'flows', [ACCOUNT, 'us-east-1', '1111111'], 'accepted');
    expect(judge(facts, 'flow-size', 'flow-ports', 'flow-action')).toEqual(['seeing']);
  });

  it('were not captured: a note, unless they are many', () => {
    const facts = factsOf([flow(ALL_FIELDS)]);
    const skipped = (skipdata: number) => ({
      object: 'x',
      status: 'read' as const,
      reason: '',
      format: 'vpc-flow',
      records: { skipped: { skipdata } },
    });
    noteObject(facts, skipped(MANY - 1));
    expect(judge(facts, 'flows')).toEqual([
      'seeing',
      'skipdata: records of SKIPDATA: AWS could not capture some flows of these intervals',
    ]);
    noteObject(facts, skipped(1));
    expect(judge(facts, 'flows')[0]).toBe('partly');
  });
});
