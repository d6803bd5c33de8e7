import { useState } from 'react';
import type { AuditVerdict } from '#contract/audit.ts';
import { type AuditAsked, AuditView } from '../../audit/AuditView.tsx';
import { useAnswer, useCall } from '../../link/index.ts';
import type { ScreenProps } from './props.ts';

/** Entries that one look for more adds. */
const STEP = 100;
/** The most that the contract gives at once. */
const MOST = 500;

export function AuditScreen({ now }: ScreenProps) {
  const [asked, setAsked] = useState<AuditAsked>({ who: '', what: '', subject: '' });
  const [limit, setLimit] = useState(STEP);
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null);
  const { who, what, subject } = asked;
  const page = useAnswer(`audit ${JSON.stringify([asked, limit])}`, (client) =>
    client.audit.list({
      limit,
      ...(who === '' ? {} : { who }),
      ...(what === '' ? {} : { what }),
      ...(subject === '' ? {} : { subject }),
    }),
  );
  const { busy, refusal, run } = useCall();
  return (
    <AuditView
      entries={page.value?.entries ?? null}
      more={page.value?.next != null && limit < MOST}
      asked={asked}
      now={now}
      busy={busy}
      refusal={refusal ?? page.trouble}
      verdict={verdict}
      onAsk={setAsked}
      onMore={() => setLimit(Math.min(MOST, limit + STEP))}
      onVerify={() =>
        void run(async (client) => {
          setVerdict(await client.audit.verify({}));
        })
      }
    />
  );
}
