import { createBase } from './answers/base.ts';
import { answerDesk } from './answers/desk.ts';
import { answerHealth } from './answers/health.ts';
import { answerIncidents } from './answers/incidents.ts';
import { answerRunbooks } from './answers/runbooks.ts';
import { answerWork } from './answers/work.ts';
import type { Parts } from './parts.ts';

/** The one router, the same for every host. */
export function createRouter(parts: Parts) {
  const os = createBase(parts);
  return os.router({
    ...answerDesk(os, parts),
    ...answerWork(os, parts),
    ...answerHealth(os, parts),
    ...answerIncidents(os, parts),
    ...answerRunbooks(os, parts),
  });
}
