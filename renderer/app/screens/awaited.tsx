import type { ReactNode } from 'react';
import { Notice } from '../Notice.tsx';

/** Shows a record once it is there; until then, or when there is none, says so. */
export function awaited<T>(
  { record, trouble }: { record: T | null | undefined; trouble: string | null },
  what: string,
  show: (record: T) => ReactNode,
): ReactNode {
  if (record === undefined || (record === null && trouble !== null)) {
    return (
      <Notice
        title={trouble === null ? '' : `${what.charAt(0).toUpperCase()}${what.slice(1)}`}
        text={trouble ?? 'reading…'}
      />
    );
  }
  if (record === null) {
    return <Notice title={`There is no ${what}`} text="It may have been renamed, or belong to another data folder." />;
  }
  return show(record);
}
