import type { Engine } from './engine.ts';
import type { Mailbox, Mailboxes } from './mailboxes.ts';
import { xmlMap } from './query-protocol.ts';
import type { KeptSubscription } from './records.ts';

/** A subscription by email or SMS. */
export interface Person {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** By the stack, which makes it again at every start. */
  readonly isDeclared: boolean;
  readonly isConfirmed: boolean;
  /** Absent while nothing is delivered. */
  readonly mailbox?: Mailbox;
}

/** Everybody who is subscribed by email or SMS. Calls must not overlap. */
export interface People {
  all(): readonly Person[];
  find(arn: string): Person | undefined;
  add(person: Person): void;
  /**
   * Opens somebody's mailbox, or opens it anew, with the filter policy that is read back from the
   * subscription.
   */
  openMailbox(person: Person): Promise<void>;
  confirm(person: Person): Promise<void>;
  remove(person: Person): Promise<void>;
  /** The attributes of somebody's subscription that say what is let through. */
  filterOf(person: Person): Promise<Readonly<Record<string, string>>>;
  /** What is to be kept: all that the stack does not declare. */
  toKeep(): Promise<readonly KeptSubscription[]>;
}

const FILTER_ATTRIBUTES = ['FilterPolicy', 'FilterPolicyScope'];

/** Nobody yet. */
export function createPeople(engine: Engine, mailboxes: Mailboxes): People {
  const people = new Map<string, Person>();
  const all = () => [...people.values()];

  async function filterOf({ arn }: Person): Promise<Readonly<Record<string, string>>> {
    const { body } = await engine.sns(
      new URLSearchParams({ Action: 'GetSubscriptionAttributes', SubscriptionArn: arn }),
    );
    const isOfFilter = ([name]: [string, string]) => FILTER_ATTRIBUTES.includes(name);
    return Object.fromEntries([...xmlMap(body)].filter(isOfFilter));
  }

  async function openMailbox(person: Person): Promise<void> {
    await person.mailbox?.close();
    const name = `${person.protocol}:${person.endpoint}`;
    const mailbox = await mailboxes.open(name, await filterOf(person));
    people.set(person.arn, { ...person, mailbox });
  }

  return {
    all,
    find: (arn) => people.get(arn),
    add: (person) => void people.set(person.arn, person),
    openMailbox,
    async confirm(person) {
      const confirmed = { ...person, isConfirmed: true };
      people.set(person.arn, confirmed);
      if (!person.mailbox) await openMailbox(confirmed);
    },
    async remove(person) {
      people.delete(person.arn);
      await person.mailbox?.close();
    },
    filterOf,
    toKeep() {
      const asked = all().filter(({ isDeclared }) => !isDeclared);
      return Promise.all(
        asked.map(async (person) => ({
          protocol: person.protocol,
          endpoint: person.endpoint,
          attributes: await filterOf(person),
          isConfirmed: person.isConfirmed,
        })),
      );
    },
  };
}
