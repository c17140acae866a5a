// POL-11: somebody configured a program to talk to DynamoDB or DAX without TLS, or not to look at certificates. It speaks so from its next start.

import type { Severity } from '../../findings/finding.ts';
import { remediateConfiguredEndpoint } from '../../findings/remediate-endpoint.ts';
import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Detector, type DetectorMeta, type Draft, joinKey, splitKey } from '../detector.ts';
import { type HitSummary, hitFold } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import { HINT } from '../secrets/prefilter.ts';
import { findPlainEndpoints, type PlainEndpoint } from '../tls/plain-endpoint-text.ts';
import { configuredTexts } from './configured-texts.ts';
import { textField } from './parameters.ts';
import { accountOf, boundedName, draftOfWeakening, hitOfWeakening } from './weakening.ts';

const PLAIN_HTTP_CONFIDENCE = 0.9;
/** Behind a name that is not AWS's may stand something that encrypts. */
const OTHER_HOST_CONFIDENCE = 0.7;
const VERIFICATION_CONFIDENCE = 0.75;
/** Kept of a host name. */
const MAX_HOST = 80;

interface Configured {
  /** What is configured, in words. */
  readonly kind: string;
  /** Parameter that names it. */
  readonly named: string;
}

/** Operations that give programs their settings, by service. */
const CONFIGURED: Readonly<Record<string, Readonly<Record<string, Configured>>>> = {
  ecs: { RegisterTaskDefinition: { kind: 'task definition', named: 'family' } },
  batch: { RegisterJobDefinition: { kind: 'job definition', named: 'jobDefinitionName' } },
  codebuild: {
    CreateProject: { kind: 'build project', named: 'name' },
    UpdateProject: { kind: 'build project', named: 'name' },
  },
  ssm: { PutParameter: { kind: 'parameter', named: 'name' } },
  cloudformation: {
    CreateStack: { kind: 'stack', named: 'stackName' },
    UpdateStack: { kind: 'stack', named: 'stackName' },
    CreateChangeSet: { kind: 'stack', named: 'stackName' },
  },
  apprunner: {
    CreateService: { kind: 'App Runner service', named: 'serviceName' },
    UpdateService: { kind: 'App Runner service', named: 'serviceArn' },
  },
  elasticbeanstalk: {
    CreateEnvironment: { kind: 'Beanstalk environment', named: 'environmentName' },
    UpdateEnvironment: { kind: 'Beanstalk environment', named: 'environmentName' },
  },
};

const meta: DetectorMeta = {
  id: 'POL-11',
  name: 'plain-endpoint-configured',
  family: 'POL',
  version: 1,
  title: 'Plain endpoint configured',
  what: 'Calls that give programs their settings (ECS task and Batch job definitions, CodeBuild projects, stack parameters, App Runner, Elastic Beanstalk, Parameter Store) and name an http:// or dax:// endpoint of DynamoDB or DAX, or switch the check of certificates off. The words are those of TLS-10.',
  why: 'This is where plain traffic begins: the program sends its signed requests readable through the network from its next start on. The call names who configured it; the traffic itself does not.',
  severities: ['HIGH', 'MEDIUM', 'LOW'],
  falsePositives: [
    'Emulators: localhost, host names of one label, and the names of DynamoDB Local and LocalStack are left out, and so is port 8000 of a private address in a call that names dynamodb-local; others look like any proxy (MEDIUM).',
    'A sidecar or a mesh that takes plain HTTP on a name of its own and encrypts it: MEDIUM. Suppress it by the task definition.',
    'Certificate checks that are switched off for another service than AWS.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less and says so.',
  ],
  blindSpots: [
    'Values that services keep out of their logs. Lambda’s environment is always empty in CloudTrail, user data of EC2 instances and launch templates stands there as <sensitiveDataRemoved>, values of Parameter Store and of stack parameters are mostly hidden: what is configured there shows only in TLS-06, TLS-07 and TLS-10.',
    'Settings of ECS, Batch and CodeBuild are read as far as the log holds them; nobody documents that it always does.',
    'A proxy on port 8000 of a private address, in a call that names dynamodb-local.',
    'Overrides of single runs (RunTask, SubmitJob, StartBuild), environment files in S3, images with the setting inside, and secrets.',
    `Calls of more than 100 KB, whose parameters CloudTrail leaves out, and what follows the first 64 KiB of text in a call.`,
  ],
  investigate: [
    'Open the record at the locator: which variable, command or build step is it?',
    'Is the definition in use? Look for flows on port 80 (TLS-06) or 8111 (TLS-07) from its tasks.',
    'Who asked for it, and is it in the repository of the application?',
  ],
  thresholds: [
    {
      name: 'confidence of an endpoint',
      value: PLAIN_HTTP_CONFIDENCE,
      unit: 'probability',
      reason: `the setting is there; whether the program reads it is not in the call. ${OTHER_HOST_CONFIDENCE} where the host is not AWS’s`,
      source: 'chosen, not measured',
    },
    {
      name: 'confidence of a switch',
      value: VERIFICATION_CONFIDENCE,
      unit: 'probability',
      reason: 'the switch may be about another service than AWS',
      source: 'chosen, not measured',
    },
  ],
  identity: {
    entity: 'what is configured',
    evidenceKey: 'plain-http or verification-off',
    windowMs: DAY_MS,
  },
  compliance: {
    cwe: ['CWE-319', 'CWE-295'],
    owasp: ['API8:2023'],
    pci: ['4.2.1'],
    nist: ['SC-8'],
    gdpr: ['32(1)(a)'],
  },
};

const fold = hitFold('plain-endpoints-configured', DAY_MS, judge);

export const plainEndpointConfigured: Detector = {
  meta,
  needs: {
    operations: Object.fromEntries(
      Object.entries(CONFIGURED).map(([service, actions]) => [service, Object.keys(actions)]),
    ),
  },
  sights: { needs: [['management-events']] },
  folds: [fold],
  observeCall(call, out) {
    const actions = Object.hasOwn(CONFIGURED, call.service) ? CONFIGURED[call.service]! : null;
    const action = plainActionName(call.action);
    if (actions === null || !Object.hasOwn(actions, action)) return;
    const found = endpointsIn(call);
    if (found.length === 0) return;
    const { kind, named } = actions[action]!;
    const name = shortName(textField(call.requestParameters, named));
    const entity = `${kind} ${boundedName(name)}`;
    for (const each of found) {
      const hit = hitOfWeakening(call, {
        resource: name,
        what: wordsOf(each),
        severity: severityOf(each),
        confidence: confidenceOf(each),
        why: `pattern ${each.pattern} in its settings${each.kind === 'plain-http' && !each.toAws ? '; the host is not AWS’s: a proxy or a private name' : ''}`,
      });
      out.add(fold, joinKey(accountOf(call), call.region, entity, each.kind), call, {
        ...hit,
        facts: { ...hit.facts, service: call.service },
      });
    }
  },
};

const HINTS = HINT.plainEndpoint | HINT.verificationOff;

/** `http:\/\/` and `http:\u002f\u002f` of JSON inside a text, be it twice, and `http%3A%2F%2F` of an address inside another one. */
const WRITTEN_SCHEME = /(?<![a-z0-9])(https?|dax)(?::|%(?:25)?3a)(?:\\{0,4}\/|\\{1,4}u002f|%(?:25)?2f){2}/gi;

function withPlainSchemes(text: string): string {
  return text.replaceAll(WRITTEN_SCHEME, '$1://');
}

/** The image of DynamoDB Local, and its port: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.DownloadingAndRunning.html */
const EMULATOR = /(?<![a-z0-9])dynamodb-local(?![a-z0-9])/i;
/** Where a container answers: only addresses of private networks (RFC 1918), whose own name for it would be left out as well. */
const EMULATOR_ADDRESS =
  /http:\/\/(?:10(?:\.\d{1,3}){3}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|192\.168(?:\.\d{1,3}){2}):8000(?!\d)/gi;

/** Each kind of setting and host once: one setting may fit several patterns. */
function endpointsIn(call: CallRecord): PlainEndpoint[] {
  const found: PlainEndpoint[] = [];
  const texts = configuredTexts(call.requestParameters).map(withPlainSchemes);
  const runsEmulator = texts.some((text) => EMULATOR.test(text));
  for (const text of texts) {
    const read = runsEmulator ? text.replaceAll(EMULATOR_ADDRESS, 'http://localhost') : text;
    for (const each of findPlainEndpoints(read, HINTS)) {
      if (found.length >= 16) return found;
      if (!found.some(({ kind, host }) => kind === each.kind && host === each.host)) found.push(each);
    }
  }
  return found;
}

function confidenceOf({ kind, toAws }: PlainEndpoint): number {
  if (kind !== 'plain-http') return VERIFICATION_CONFIDENCE;
  return toAws ? PLAIN_HTTP_CONFIDENCE : OTHER_HOST_CONFIDENCE;
}

function severityOf({ kind, toAws }: PlainEndpoint): Severity {
  return kind === 'plain-http' && toAws ? 'HIGH' : 'MEDIUM';
}

function wordsOf({ kind, host, pattern }: PlainEndpoint): string {
  if (kind === 'plain-http')
    return `${pattern === 'dax-endpoint' ? 'DAX without TLS' : 'plain HTTP'} to ${host.slice(0, MAX_HOST)}`;
  return `no check of certificates (${pattern})`;
}

/** Of a stack or service that is named by its ARN, the name in it. */
function shortName(name: string): string {
  return name.startsWith('arn:') ? (name.split(':').slice(5).join(':').split('/')[1] ?? name) : name;
}

function judge(key: string, hits: HitSummary): Draft[] {
  const parts = splitKey(key);
  const service = hits.facts.service?.[0] ?? '';
  const base = draftOfWeakening(parts, hits, service);
  return [
    {
      ...base,
      remediation: remediateConfiguredEndpoint({
        region: base.region,
        service,
        name: hits.facts.resource?.[0] ?? '',
        plainHttp: base.evidenceKey === 'plain-http',
      }),
    },
  ];
}
