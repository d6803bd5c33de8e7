import type { SecretView } from '#contract/secret.ts';
import type { Parts } from '../parts.ts';
import { readBoard } from '../topics.ts';
import { actorOf, answer, type Base, watchOf } from './base.ts';

/** The calls of the desk itself. */
export function answerDesk(os: Base, parts: Parts) {
  const { runner } = parts;
  const watch = watchOf(parts);

  async function readSecrets(): Promise<SecretView[]> {
    await runner.refreshSecrets();
    await parts.delivery.refreshSecrets();
    return parts.secrets.views();
  }

  return {
    about: os.about.handler(({ context }) => ({ ...parts.about(), user: context.person })),
    board: {
      watch: os.board.watch.handler(({ input, context, signal }) =>
        watch(() => readBoard(parts, input.window), { context, signal }),
      ),
    },
    settings: {
      get: os.settings.get.handler(() => parts.settings.view()),
      secrets: os.settings.secrets.handler(readSecrets),
      secretChanged: os.settings.secretChanged.handler(({ input, context }) => {
        parts.audit.note({ by: actorOf(context, input.by), what: `secret.${input.change}`, subject: input.name });
        return readSecrets();
      }),
    },
    tokens: {
      list: os.tokens.list.handler(() => parts.tokens.list()),
      make: os.tokens.make.handler(async ({ input, context, errors }) =>
        answer(await parts.tokens.make(input.name, context.actor), errors),
      ),
      remove: os.tokens.remove.handler(async ({ input, context, errors }) =>
        answer(await parts.tokens.remove(input.name, context.actor), errors),
      ),
    },
    backups: {
      list: os.backups.list.handler(() => parts.keeping.backups()),
      make: os.backups.make.handler(async ({ context, errors }) =>
        answer(await parts.keeping.backUp(context.actor), errors),
      ),
    },
    database: {
      get: os.database.get.handler(() => parts.keeping.database()),
    },
    rehearsal: {
      traffic: os.rehearsal.traffic.handler(({ input, context, errors }) => {
        if (!parts.rehearsal) {
          throw errors.NOT_REHEARSAL({
            message: 'This desk works with real providers: it makes no rehearsal traffic.',
            data: {
              kept: 'Nothing was changed.',
              todo: 'Start a rehearsal: nightdesk serve --rehearsal --data ./rehearsal',
            },
          });
        }
        const { perMinute } = input;
        parts.traffic.dial(perMinute);
        parts.audit.note({ by: context.actor, what: 'traffic.set', subject: 'rehearsal', details: { perMinute } });
        return { perMinute };
      }),
    },
    audit: {
      list: os.audit.list.handler(({ input: { before, limit, ...filter } }) => parts.audit.list(filter, before, limit)),
      verify: os.audit.verify.handler(({ input }) => parts.audit.verify(input.expected ?? null)),
    },
  };
}
