// Commands for a configuration that makes clients send without TLS, or without looking at certificates.

import { type ValueForm, word, wordOf } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { ONLY_READS, remediatePlaintext } from './remediation.ts';

/** Names of task definitions, projects, parameters, stacks and environments; parameters have a path. */
const NAME: ValueForm = { form: /^[A-Za-z0-9_/.][A-Za-z0-9_/.-]{0,254}$/, placeholder: 'NAME' };

/** How each service shows the configuration; `NAME` is filled in. */
const SHOWN_BY: Readonly<Record<string, string>> = {
  ecs: 'ecs describe-task-definition --task-definition',
  batch: 'batch describe-job-definitions --status ACTIVE --job-definition-name',
  codebuild: 'codebuild batch-get-projects --names',
  ssm: 'ssm get-parameter-history --name',
  cloudformation: 'cloudformation describe-stacks --stack-name',
  elasticbeanstalk: 'elasticbeanstalk describe-environments --environment-names',
  apprunner: 'apprunner list-services',
};

export function remediateConfiguredEndpoint(values: {
  readonly region?: string;
  readonly service: string;
  readonly name?: string;
  readonly plainHttp: boolean;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const shown = Object.hasOwn(SHOWN_BY, values.service) ? SHOWN_BY[values.service]! : null;
  const named = shown?.includes(' --') === true ? ` ${wordOf(NAME, values.name)}` : '';
  return [
    {
      step: 'See the configuration as it is now',
      command: shown === null ? null : `aws ${shown}${named} --region ${region}`,
      ...ONLY_READS,
    },
    {
      step: values.plainHttp
        ? 'Take the endpoint out of the configuration, or give it https:// (daxs:// for DAX), and deploy it; SDKs use HTTPS by themselves'
        : 'Take the switch out of the configuration and deploy it; give the client the certificate authority of its proxy instead',
      command: null,
      risk: values.plainHttp
        ? 'A client that cannot reach port 443 stops working: allow it first.'
        : 'A client behind a proxy with a certificate of its own stops working without its authority.',
      undo: 'Deploy the version before.',
    },
    // Its first step says the same to clients whose configuration is not known.
    ...(values.plainHttp ? remediatePlaintext({}).slice(1) : []),
  ];
}
