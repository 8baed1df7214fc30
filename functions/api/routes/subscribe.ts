import middy from '@middy/core';
import { filterPolicy } from '../../core/alerts/filters.ts';
import type { Standing, Subscription } from '../../core/alerts/listeners.ts';
import { SubscriptionRefused } from '../../core/errors.ts';
import { callerOf } from '../caller.ts';
import { jsonBody } from '../json-body.ts';
import { json } from '../response.ts';
import type { ApiEvent, ApiPorts, ApiResult, ApiRoute } from '../route.ts';
import { readStandings, type SubscriptionPorts } from '../standings.ts';
import { subscriptionIdOf } from '../subscription-id.ts';
import {
  SubscriptionDeclared,
  SubscriptionNotTaken,
  TooManySubscriptions,
} from '../subscription-problems.ts';
import {
  type AskedSubscription,
  askedSubscription,
  subscriptionSchema,
} from '../subscription-schema.ts';
import { subscriptionView } from '../subscription-view.ts';
import { untilWritten } from '../until-written.ts';
import { validBody } from '../validate.ts';

/** As many subscriptions as the API keeps; SNS allows 200 filter policies a topic. */
export const MAX_SUBSCRIPTIONS = 100;

/** What somebody asks for by subscribing. */
interface SubscribeRequest extends AskedSubscription {
  /** Who asks. */
  readonly subscribedBy: string;
}

/** A subscription as it stands, and whether it was put on record by this request. */
interface SubscribeResult {
  readonly standing: Standing;
  readonly isNew: boolean;
}

/**
 * Subscribes a receiver with a filter, or gives this filter to the subscription that there is.
 *
 * It is put on record first, and at the topic then: after a crash in between, the same request brings
 * about what is on record.
 *
 * @throws SubscriptionDeclared, TooManySubscriptions, SubscriptionNotTaken, and Contended when others
 *   keep changing the subscription
 */
function subscribe(
  ports: SubscriptionPorts,
  { receiver, filter, subscribedBy }: SubscribeRequest,
): Promise<SubscribeResult> {
  const subscriptionId = subscriptionIdOf(receiver);
  return untilWritten(`subscription ${subscriptionId}`, async () => {
    const all = await readStandings(ports);
    const found = all.find((standing) => subscriptionIdOf(standing) === subscriptionId);
    if (found?.origin === 'Deployment') throw new SubscriptionDeclared();
    const before = found?.subscription;
    const onRecord = all.filter(({ subscription }) => subscription).length;
    if (!before && onRecord >= MAX_SUBSCRIPTIONS) throw new TooManySubscriptions(MAX_SUBSCRIPTIONS);

    const updatedAt = ports.time.now();
    const wanted: Subscription = {
      ...(before ?? { subscribedAt: updatedAt, subscribedBy, version: 0 }),
      ...receiver,
      subscriptionId,
      filter,
      updatedAt,
      updatedBy: subscribedBy,
      version: (before?.version ?? 0) + 1,
    };
    if (!(await ports.subscriptions.put(wanted))) return undefined;
    const subscription = await bringAboutOrUndo(ports, wanted, found);
    if (subscription === undefined) return undefined;
    const isConfirmed = receiver.protocol === 'sms' || found?.arn !== undefined;
    const confirmation = isConfirmed ? 'Confirmed' : 'Pending';
    const standing = { ...receiver, origin: 'Api', confirmation, subscription } as const;
    return { standing, isNew: before === undefined };
  });
}

async function bringAboutOrUndo(
  ports: SubscriptionPorts,
  wanted: Subscription,
  found: Standing | undefined,
): Promise<Subscription | undefined> {
  try {
    return await bringAbout(ports, wanted, found);
  } catch (error) {
    if (!(error instanceof SubscriptionRefused)) throw error;
    const { subscriptions } = ports;
    const before = found?.subscription;
    await (before
      ? subscriptions.put({ ...before, version: wanted.version + 1 })
      : subscriptions.remove(wanted));
    throw new SubscriptionNotTaken(error);
  }
}

/**
 * Makes the topic what the record says. Should others change the record meanwhile, the topic gets what
 * they wrote, whoever of us comes to it last.
 *
 * @returns what is on record then; undefined when it was deleted meanwhile
 */
async function bringAbout(
  { subscriptions, subscribers }: SubscriptionPorts,
  wanted: Subscription,
  found: Standing | undefined,
): Promise<Subscription | undefined> {
  const { subscriptionId, protocol, endpoint } = wanted;
  const subscriber = found ?? { protocol, endpoint };
  if (found) await subscribers.change(subscriber, filterPolicy(wanted.filter));
  else await subscribers.subscribe(subscriber, filterPolicy(wanted.filter));

  let done = wanted;
  for (;;) {
    const latest = await subscriptions.get(subscriptionId);
    if (latest === undefined || latest.version === done.version) return latest;
    await subscribers.change(subscriber, filterPolicy(latest.filter));
    done = latest;
  }
}

/** `POST /subscriptions`: 201 when the subscription is new, 200 when it was on record. */
export function subscribeRoute(ports: ApiPorts): ApiRoute {
  const handler = async (event: ApiEvent): Promise<ApiResult> => {
    const asked = askedSubscription(validBody(subscriptionSchema, event.body));
    const subscribedBy = callerOf(event.requestContext);
    const { standing, isNew } = await subscribe(ports, { ...asked, subscribedBy });
    const view = subscriptionView(standing);
    if (!isNew) return json(200, view);
    return json(201, view, { Location: `/subscriptions/${view.subscriptionId}` });
  };
  return {
    method: 'POST',
    path: '/subscriptions',
    handler: middy<ApiEvent, ApiResult>().use(jsonBody()).handler(handler),
  };
}
