import type { LoadedAgents } from './load.ts';

/** One agent alone, for a trial: it runs what it is given and takes in nothing by itself. */
export function trialOf({ definitions, problems, sources }: LoadedAgents, file: string): LoadedAgents {
  return {
    definitions: definitions
      .filter((definition) => definition.file === file)
      .map((definition) => ({
        ...definition,
        nightdesk: {
          ...definition.nightdesk,
          schedule: undefined,
          expect: undefined,
          intake: { ...definition.nightdesk.intake, folder: undefined, rate: undefined },
        },
      })),
    problems: problems.filter((problem) => problem.file === file),
    sources,
  };
}
