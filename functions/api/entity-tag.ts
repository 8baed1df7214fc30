import type { Job } from '../core/jobs/job.ts';

/**
 * The entity tag of a job: weak, because an answer also tells when the job was last checked, which
 * changes with every pass while the job itself does not [RFC 9110, section 8.8.1].
 */
export function entityTag({ version }: Pick<Job, 'version'>): string {
  return `W/"${version}"`;
}

/**
 * Whether an `If-None-Match` names a tag: by weak comparison, which takes no notice of the `W/`
 * [RFC 9110, section 13.1.2].
 */
export function isNamedBy(ifNoneMatch: string | undefined, tag: string): boolean {
  const names = ifNoneMatch?.split(',').map((name) => opaqueTag(name.trim())) ?? [];
  return names.includes('*') || names.includes(opaqueTag(tag));
}

function opaqueTag(tag: string): string {
  return tag.replace(/^W\//, '');
}
