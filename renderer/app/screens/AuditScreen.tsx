import { useEffect, useState } from 'react';
import type { AuditPage, AuditVerdict } from '#contract/audit.ts';
import { type AuditAsked, AuditView } from '../../audit/AuditView.tsx';
import { withNewest, withOlder } from '../../audit/held.ts';
import { useAnswer, useCall } from '../../link/index.ts';
import type { ScreenProps } from './props.ts';

/** Entries of the page that is read again and again, and of an older one. */
const NEWEST = 100;
const OLDER = 500;

export function AuditScreen({ now }: ScreenProps) {
  const [asked, setAsked] = useState<AuditAsked>({ who: '', what: '', subject: '' });
  const [held, setHeld] = useState<{ key: string; page: AuditPage } | null>(null);
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null);
  const { who, what, subject } = asked;
  const filter = {
    ...(who === '' ? {} : { who }),
    ...(what === '' ? {} : { what }),
    ...(subject === '' ? {} : { subject }),
  };
  const key = `audit ${JSON.stringify(asked)}`;
  const newest = useAnswer(key, (client) => client.audit.list({ ...filter, limit: NEWEST }));
  const { busy, refusal, run } = useCall();
  const page = held?.key === key ? held.page : newest.value;

  const read = newest.value;
  useEffect(() => {
    if (read === null) return;
    setHeld((before) => ({ key, page: withNewest(before?.key === key ? before.page : null, read) }));
  }, [key, read]);

  function readOlder(): void {
    const before = page?.next;
    if (before == null) return;
    void run(async (client) => {
      const older = await client.audit.list({ ...filter, before, limit: OLDER });
      setHeld((now) => (now?.key === key ? { key, page: withOlder(now.page, older) } : now));
    });
  }

  return (
    <AuditView
      page={page}
      asked={asked}
      now={now}
      busy={busy}
      refusal={refusal ?? newest.trouble}
      verdict={verdict}
      onAsk={setAsked}
      onOlder={readOlder}
      onVerify={() =>
        void run(async (client) => {
          setVerdict(await client.audit.verify({}));
        })
      }
    />
  );
}
