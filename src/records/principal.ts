// Who made a call, under a name that stays the same from session to session.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html

export interface IdentityFields {
  readonly type: string;
  readonly principalId: string;
  readonly arn: string;
  readonly account: string;
  readonly userName: string;
  readonly invokedBy: string;
  readonly identityProvider: string;
  readonly issuerArn: string;
  readonly issuerAccount: string;
  readonly issuerUserName: string;
  readonly onBehalfOfUserId: string;
}

export interface Principal {
  /** `role:<account>:<name>`, `user:...`, `root:<account>`, ...; '' when nothing names it. */
  readonly key: string;
  readonly name: string;
  readonly session: string;
}

const NOBODY: Principal = { key: '', name: '', session: '' };

export function principalOf(identity: IdentityFields): Principal {
  const { account, arn } = identity;
  switch (identity.type) {
    case 'AssumedRole': {
      // arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION; the role's own path stands only in the issuer's ARN.
      const parts = arn.split('/');
      const name =
        identity.issuerUserName || lastPart(identity.issuerArn) || parts[1] || identity.principalId;
      return named('role', identity.issuerAccount || account, name, parts.slice(2).join('/'));
    }
    case 'Role':
      return named('role', account, lastPart(arn) || identity.principalId, '');
    case 'IAMUser':
      return named('user', account, identity.userName || lastPart(arn) || identity.principalId, '');
    case 'Root':
      return { key: `root:${account}`, name: 'root', session: '' };
    case 'FederatedUser':
      return named('federated', account, lastPart(arn) || identity.principalId, '');
    case 'WebIdentityUser':
    case 'SAMLUser':
      return named('federated', identity.identityProvider, identity.userName || identity.principalId, '');
    case 'IdentityCenterUser':
      return named('identity-center', account, identity.onBehalfOfUserId || identity.principalId, '');
    case 'AWSAccount':
      return named('account', account, identity.principalId, '');
    case 'AWSService':
      return named('service', '', identity.invokedBy, '');
    default:
      return identity.principalId === '' && identity.userName === ''
        ? NOBODY
        : named('unknown', account, identity.userName || identity.principalId, '');
  }
}

function named(kind: string, account: string, name: string, session: string): Principal {
  return name === '' ? NOBODY : { key: `${kind}:${account}:${name}`, name, session };
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
