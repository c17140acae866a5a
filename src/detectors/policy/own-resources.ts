// Is a resource one of the monitor's own? Users name theirs by name or by ARN, and calls name them either way.

/** True when `resource` (name or ARN) is among `ownResources`. Two ARNs must be equal; a name is compared with the name in an ARN. */
export function isOwnResource(resource: string, ownResources: readonly string[]): boolean {
  if (resource === '' || ownResources.length === 0) return false;
  const whole = withoutQualifier(resource);
  return ownResources.some((own) => {
    const other = withoutQualifier(own);
    if (isArn(whole) && isArn(other)) return whole === other;
    return nameOf(whole) === nameOf(other);
  });
}

/**
 * `orders` of `arn:aws:lambda:us-east-1:111122223333:function:orders:live`, of `111122223333:function:orders` and of `orders`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function nameOf(resource: string): string {
  const whole = withoutQualifier(resource);
  const rest = isArn(whole) ? whole.split(':').slice(5).join(':') : whole.replace(/^\d{12}:/, '');
  const typed =
    /^(?:function|log-group|trail|rule|topic|table|flow-log|vpc-flow-log|eventdatastore)[:/](.+)$/.exec(rest);
  return typed?.[1] ?? rest;
}

/** Log groups end in `:*`, functions may end in a version or alias, subscriptions of a topic in their id. */
function withoutQualifier(resource: string): string {
  const whole = resource.endsWith(':*') ? resource.slice(0, -2) : resource;
  const qualified = /^((?:arn:[^:]*:lambda:[^:]*:[^:]*:|\d{12}:)?function:[^:]+):[^:]+$/.exec(whole);
  if (qualified !== null) return qualified[1]!;
  const subscription = /^(arn:[^:]*:sns:[^:]*:[^:]*:[^:]+):[^:]+$/.exec(whole);
  return subscription?.[1] ?? whole;
}

function isArn(text: string): boolean {
  return text.startsWith('arn:');
}
