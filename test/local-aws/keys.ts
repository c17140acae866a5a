// Customer keys of KMS, as far as they let or refuse: nothing is encrypted here, but whoever uses a topic or a queue that has a key needs to be
// allowed to use the key, in its own role and by the key's policy. AWS's own keys (alias/aws/...) let no other service in.

import { ACCOUNT, keyArn, REGION } from './arns.ts';
import { ServiceError } from './errors.ts';
import { allows, type Statement } from './policies.ts';

/** What the policies of a role say. */
export type May = (action: string, resource: string, context?: Readonly<Record<string, string>>) => boolean;

/** Who acts: a role with its own policies, or a service of AWS, which only the policies of resources let. */
export interface Actor {
  readonly principal: string;
  readonly may: May | null;
  /** aws:SourceArn and aws:SourceAccount of a service. */
  readonly context?: Readonly<Record<string, string>>;
}

export interface Keys {
  create(id: string, policy: readonly Statement[]): void;
  alias(alias: string, id: string): void;
  /**
   * Throws KMSAccessDenied when the actor may not do these with the key through the service (`sns`). `key` is an id, an ARN or an alias; ''
   * is no key at all.
   */
  use(actor: Actor, key: string, actions: readonly string[], service: string): void;
}

export function createKeys(record: (actor: Actor, action: string, resource: string) => void): Keys {
  const policies = new Map<string, readonly Statement[]>();
  const aliases = new Map<string, string>();

  function idOf(key: string): string {
    const name = key.startsWith('arn:') ? key.slice(key.lastIndexOf(':') + 1) : key;
    if (name.startsWith('alias/')) return aliases.get(name) ?? name;
    return name.startsWith('key/') ? name.slice('key/'.length) : name;
  }

  return {
    create: (id, policy) => void policies.set(id, policy),
    alias: (alias, id) => void aliases.set(alias, idOf(id)),
    use(actor, key, actions, service) {
      if (key === '') return;
      const id = idOf(key);
      const policy = policies.get(id);
      const isOperator = actor.may === null && actor.principal.startsWith('arn:');
      if (isOperator) return;
      const context = {
        'aws:SourceAccount': ACCOUNT,
        'kms:ViaService': `${service}.${REGION}.amazonaws.com`,
        ...actor.context,
      };
      for (const action of actions) {
        const resource = keyArn(id);
        record(actor, action, resource);
        const byPolicy =
          policy !== undefined && allows(policy, { action, resource, principal: actor.principal, context });
        if (byPolicy && (actor.may === null || actor.may(action, resource, context))) continue;
        throw new ServiceError(
          'KMSAccessDeniedException',
          `${actor.principal} may not ${action} with ${key}`,
        );
      }
    },
  };
}
