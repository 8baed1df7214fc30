import type { ComponentChildren } from 'preact';

/** One of several facts, if it is known. */
export function Fact({ name, children }: { readonly name: string; children: ComponentChildren }) {
  const isThere = [children].flat().some((child) => child || child === 0);
  if (!isThere) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}
