import { z } from 'zod';
import { type Alert, alertSchema } from '#contract/alert.ts';
import type { DeliveryKind } from '#contract/delivery.ts';
import type { OutboxStore } from '../../store/outbox.ts';

/*
 * The outbox: what has to be said is written in the commit that made it due, and said afterwards (courier.ts).
 */

/** A file that goes with a report, to the routes that can carry one. */
const attachmentSchema = z.object({ name: z.string(), type: z.string(), path: z.string() });

const reportSchema = z.object({
  title: z.string(),
  /** A few lines: what a chat shows, and what stands above the attachments of a mail. */
  text: z.string(),
  /** Absolute paths; they have to stay until the message was sent. */
  attachments: z.array(attachmentSchema),
});
export type ReportText = z.infer<typeof reportSchema>;

/** What a row of the outbox holds. */
export const contentSchema = z.discriminatedUnion('about', [
  z.object({ about: z.literal('alert'), alert: alertSchema }),
  z.object({ about: z.literal('report'), report: reportSchema }),
  z.object({ about: z.literal('test'), by: z.string() }),
]);
export type Content = z.infer<typeof contentSchema>;

/** Something to say to some routes. */
export type OutgoingNotice = { routes: readonly string[]; at: number } & (
  | { kind: Exclude<DeliveryKind, 'report' | 'test'>; alert: Alert; incident: number | null }
  | { kind: 'report'; report: ReportText }
  | { kind: 'test'; by: string }
);

export type Outbox = {
  /**
   * Writes a message for each route; it is sent once that is on the disk. Runs inside the caller's commit.
   * @returns the numbers of the messages
   */
  put(notice: OutgoingNotice): number[];
};

export type OutboxOptions = {
  store: OutboxStore;
  /** A text that nobody else gives. */
  newId(): string;
  /** Looks at these routes soon, after the caller's commit. */
  wake(routes: readonly string[]): void;
};

export function createOutbox({ store, newId, wake }: OutboxOptions): Outbox {
  return {
    put(notice) {
      const routes = [...new Set(notice.routes)];
      const about = aboutOf(notice);
      const dedup = about.dedup ?? `${notice.kind}:${newId()}`;
      const ids = routes.map((route) => {
        if (notice.kind === 'resolve') {
          store.supersede(route, dedup, notice.at, 'it was over before it could be sent: the end alone is told');
        }
        return store.insert({
          uid: newId(),
          route,
          kind: notice.kind,
          dedup,
          alert: about.alert,
          incident: about.incident,
          title: about.title,
          body: JSON.stringify(about.content),
          made_at: notice.at,
        });
      });
      wake(routes);
      return ids;
    },
  };
}

type About = {
  dedup: string | null;
  alert: string | null;
  incident: number | null;
  title: string;
  content: Content;
};

function aboutOf(notice: OutgoingNotice): About {
  switch (notice.kind) {
    case 'report': {
      const { report } = notice;
      return { dedup: null, alert: null, incident: null, title: report.title, content: { about: 'report', report } };
    }
    case 'test': {
      const title = 'Test message: nothing is wrong';
      return { dedup: null, alert: null, incident: null, title, content: { about: 'test', by: notice.by } };
    }
    case 'trigger':
    case 'acknowledge':
    case 'resolve':
    case 'escalate': {
      const { alert, incident } = notice;
      return {
        dedup: alert.key,
        alert: alert.id,
        incident,
        title: alert.summary,
        content: { about: 'alert', alert },
      };
    }
  }
}
